"""What the page must withstand: what strangers sent, other origins, other places; and that everybody can use it."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect
from tests.browser.conftest import Watch
from tests.browser.doing import Show, button, call, rows, send

from bubblehouse_mock.control import Access
from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.serving import server
from bubblehouse_mock.serving.asgi import App, MockApp, Receive, Scope, Send

HOSTILE = '<img src=x onerror="window.taken=1"><script>window.taken=1</script>\'"'
NAMELESS = """
  [...document.querySelectorAll("button, input, select, textarea, a, summary")].filter((it) => {
    const own = it.matches("select, textarea") ? "" : it.textContent;
    const labels = [...(it.labels ?? [])].map((label) => label.textContent);
    return !(it.getAttribute("aria-label") ?? own + labels.join("")).trim();
  }).map((it) => it.outerHTML)
"""
TOO_WIDE = """
  [document.documentElement, ...document.querySelectorAll(".scroll, pre, nav")]
    .filter((it) => it.scrollWidth > it.clientWidth).map((it) => it.outerHTML.slice(0, 100))
"""
PARTS = ["connect", "customers", "call", "journal", "faults", "clock", "settings", "state", "reference"]


def test_hostile_content_is_text(mock: BubblehouseMock, tab: Page, show: Show) -> None:
    mock.control.add_customer({"shopid": "<img src=x onerror=window.taken=1>", "email": HOSTILE, "tier": "Gold"})
    bhid = mock.customers[-1].bhid
    mock.control.add_change(bhid, {"pts": 500, "desc": HOSTILE})
    headers = ((HOSTILE.lower(), HOSTILE),)
    path = f"/api/v2023061/demo-shop/{HOSTILE}".encode()
    mock.handle(Request(method="<B>", path=path, query=HOSTILE.encode(), headers=headers, body=HOSTILE.encode()))
    show("journal")
    tab.locator(".journal summary").first.click()
    expect(tab.locator(".entry pre").first).to_have_text(HOSTILE)
    expect(tab.locator(".entry .line").first).to_contain_text(HOSTILE)
    show("customers")
    tab.get_by_role("link", name=HOSTILE).click()
    expect(tab.get_by_role("heading", name=HOSTILE)).to_be_visible()
    expect(rows(tab, "Ledger").first).to_contain_text(HOSTILE)
    tab.get_by_role("link", name="Try a call").nth(1).click()
    expect(send(tab)).to_contain_text("200")
    tab.goto(tab.url.partition("#")[0] + f"#{HOSTILE}/{HOSTILE}")
    tab.goto(tab.url.partition("#")[0] + f"#reference/{HOSTILE}/%")
    expect(tab.locator("main h2")).to_have_text("Reference")
    assert tab.locator("img").count() == 0
    assert tab.evaluate("window.taken") is None


def test_a_control_token_is_asked_for_once(
    mock: BubblehouseMock, watch: Watch, serve_app: Callable[[App], str]
) -> None:
    tab = watch.tab
    home = serve_app(MockApp(mock, control=Access("swordfish")))
    watch.allowed.add(home)
    watch.expected.append("/__mock__/")
    tab.goto(f"{home}/#customers")
    dialog = tab.get_by_role("dialog")
    expect(dialog).to_contain_text("send the control token")
    dialog.get_by_label("Token").fill("trout")
    button(dialog, "Go on").click()
    expect(dialog).to_contain_text("That was not it.")
    dialog.get_by_label("Token").fill("swordfish")
    button(dialog, "Go on").click()
    expect(rows(tab, "Customers")).to_have_count(5)
    tab.reload()
    expect(rows(tab, "Customers")).to_have_count(5)
    expect(dialog).to_have_count(0)


def test_below_a_prefix(mock: BubblehouseMock, watch: Watch, serve_app: Callable[[App], str]) -> None:
    inner = MockApp(mock)

    async def mounted(scope: Scope, receive: Receive, send_: Send) -> None:
        assert scope["path"].startswith("/dev/shop/"), scope["path"]
        await inner({**scope, "root_path": "/dev/shop"}, receive, send_)

    tab = watch.tab
    home = serve_app(mounted)
    watch.allowed.add(home)
    tab.goto(f"{home}/dev/shop/#connect")
    expect(tab.get_by_text(f"{home}/dev/shop/api", exact=True)).to_be_visible()
    tab.goto(f"{home}/dev/shop/#call/CustomerBalance3")
    expect(send(tab).get_by_role("heading")).to_contain_text("200")


def test_a_server_that_goes_and_comes_back(mock: BubblehouseMock, watch: Watch) -> None:
    tab = watch.tab
    watch.expected.append("ERR_CONNECTION_REFUSED")
    call(mock, "CustomerBalance3")
    with server.running(mock) as base_url:
        watch.allowed.add(base_url.removesuffix("/api"))
        tab.goto(base_url.removesuffix("api") + "#journal")
        expect(tab.locator(".journal li")).to_have_count(1)
    expect(tab.get_by_role("status")).to_contain_text("doesn't answer")
    other = BubblehouseMock()
    with server.running(other, port=urlsplit(base_url).port or 0):
        expect(tab.get_by_role("status")).to_contain_text("is back")
        expect(tab.get_by_text("No calls yet.")).to_be_visible()
        call(other, "Unredeem1")
        expect(tab.locator(".journal li")).to_contain_text(["Unredeem1"])


def test_pages_of_other_origins(
    mock: BubblehouseMock, watch: Watch, home: str, serve_app: Callable[[App], str]
) -> None:
    async def storefront(_scope: Scope, _receive: Receive, send_: Send) -> None:
        headers = [(b"content-type", b"text/html")]
        await send_({"type": "http.response.start", "status": 200, "headers": headers})
        await send_({"type": "http.response.body", "body": b"<title>A storefront</title>"})

    shop = serve_app(storefront)
    watch.expected += ["/__mock__/", "favicon.ico"]
    api, token = f"{home}api/v2023061/demo-shop/RedeemPoints1", mock.control.mint({"customer": "1001"}).token
    before = mock.control.state()
    for origin in (shop, shop.replace("127.0.0.1", "localhost")):  # of the same site, and of another one
        watch.allowed.add(origin)
        watch.tab.goto(origin)
        for mode, method, place in (
            ("cors", "POST", "reset"),
            ("no-cors", "POST", "reset"),
            ("cors", "DELETE", "journal"),
        ):
            assert fetched(watch.tab, f"{home}__mock__/{place}", method=method, mode=mode) in {"denied", "opaque"}
        for place in ("config", "state", "journal", "contract.json"):
            assert fetched(watch.tab, f"{home}__mock__/{place}") == "denied"
        said = watch.tab.evaluate(
            """async ([url, token, body]) => {
              const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
              const answer = await fetch(url, { method: "POST", headers, body });
              return [answer.status, await answer.json()];
            }""",
            [api, token, '{"pts": 100}'],
        )
        assert (said[0], said[1]["pts"]) == (200, 100)
    assert len(mock.control.journal()) == 2
    assert mock.control.state() != before
    assert mock.customers[0].ledger.available(mock.clock()) == 10_300


def fetched(tab: Page, url: str, **sent: str) -> str:
    """Return the kind of answer that a page gets, or `denied` where the browser keeps it from the page."""
    kind: str = tab.evaluate("([url, sent]) => fetch(url, sent).then((it) => it.type, () => 'denied')", [url, sent])
    return kind


class TestForEverybody:
    def test_it_fits_a_telephone(self, tab: Page, show: Show) -> None:
        tab.set_viewport_size({"width": 390, "height": 844})
        for part in [
            *PARTS,
            "customers/0000018abc000001",
            "reference/RedeemPoints1",
            "reference/CustomerBalanceResult3",
        ]:
            show(part)
            assert tab.evaluate(TOO_WIDE) == [], part

    def test_everything_has_a_name_and_can_be_reached_by_keyboard(self, tab: Page, show: Show) -> None:
        for part in [*PARTS, "customers/0000018abc000001"]:
            show(part)
            nameless = tab.evaluate(NAMELESS)
            assert nameless == []
        tab.reload()
        tab.keyboard.press("Tab")
        expect(tab.get_by_role("link", name="Skip to the content")).to_be_focused()
        tab.keyboard.press("Enter")
        expect(tab.locator("main")).to_be_focused()
        expect(tab.get_by_role("heading", name="rich@example.com")).to_be_visible()
        tab.reload()
        tab.keyboard.press("Tab")
        for _ in range(3):
            tab.keyboard.press("Tab")
        expect(tab.get_by_role("link", name="Connect")).to_be_focused()
        outline = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("heading", name="Customers")).to_be_visible()
        expect(tab.locator("main")).to_be_focused()
