// Texts in other languages than this one: JSON to be read, shell and Python to be pasted.

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/;
const TRANSPORT = /^(accept|accept-.*|connection|content-length|host|origin|referer|sec-.*|user-agent|x-forwarded-.*)$/;

// Indents JSON without reading its values, so that large numbers and keys that stand twice stay what they are.
export function pretty(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let depth = 0;
  let last = "";
  let out = "";
  for (const [token] of text.matchAll(TOKENS)) {
    const closes = token === "}" || token === "]";
    if (closes) depth -= 1;
    const empty = closes && (last === "{" || last === "[");
    if ((closes && !empty) || (!closes && "{[,".includes(last) && last)) out += `\n${"  ".repeat(depth)}`;
    out += token === ":" ? ": " : token;
    if (token === "{" || token === "[") depth += 1;
    last = token;
  }
  return out;
}

// Single quotes, or ANSI-C quoting where a terminal could take a character for a key.
export function quoted(text) {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!CONTROLS.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text.replace(/[\\']/g, "\\$&");
  return `$'${escaped.replace(new RegExp(CONTROLS, "g"), (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`)}'`;
}

// A request is {method, url, headers: [[name, value], …], body}. Its token stays out: TOKEN has it.
export function curl({ method, url, headers, body }) {
  const flags = [/[[\]{}]/.test(url) && "--globoff", /\/\./.test(url) && "--path-as-is", method !== "GET" && `-X ${quoted(method)}`];
  const parts = [["curl", ...flags.filter(Boolean), quoted(url)].join(" ")];
  for (const [name, value] of headers) {
    if (name.toLowerCase() === "authorization") parts.push('-H "Authorization: Bearer $TOKEN"');
    else if (!TRANSPORT.test(name.toLowerCase())) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  if (body) parts.push(`--data-raw ${quoted(body)}`);
  return parts.join(" \\\n  ");
}

// The same call with the client. `shape` is the schema of the input; what it doesn't know goes by the call's plain name.
export function python({ contract, operation, shop, version, base, keyId, customer, given }) {
  const names = new Set(["LoyaltyClient"]);
  const imports = new Set(["import os"]);
  const signs = keyId === null
    ? ['token=os.environ["BUBBLEHOUSE_TOKEN"]']
    : [`key_id=${JSON.stringify(keyId)}`, 'secret=os.environ["BUBBLEHOUSE_SECRET"]'];
  const keyed = [`shop=${JSON.stringify(shop)}`, ...signs, `base_url=${JSON.stringify(base)}`];
  if (version !== contract.versions[0]) keyed.push(`api_version=${JSON.stringify(version)}`);

  function literal(value, schema) {
    const known = schema && contract.resolve(schema);
    const type = known?.name;
    if (type === "MonetaryInput" && typeof value === "string") {
      imports.add("from decimal import Decimal");
      return `Decimal(${JSON.stringify(value)})`;
    }
    if (Array.isArray(value)) return `[${value.map((it) => literal(it, known?.items)).join(", ")}]`;
    if (value === null) return "None";
    if (typeof value === "boolean") return value ? "True" : "False";
    if (typeof value !== "object") return JSON.stringify(value);
    if (type && fits(value, known)) {
      names.add(type);
      return `${type}(${keywords(value, known)})`;
    }
    return `{${Object.entries(value).map(([key, it]) => `${JSON.stringify(key)}: ${literal(it)}`).join(", ")}}`;
  }
  const fits = (value, known) => Object.keys(value).every((key) => known?.properties && Object.hasOwn(known.properties, key));
  const keywords = (value, known) =>
    Object.entries(value).map(([key, it]) => `${key}=${literal(it, known.properties[key])}`).join(", ");

  const caller = customer ? `loyalty.for_customer(${JSON.stringify(customer)})` : "loyalty";
  const call = fits(given, operation.input)
    ? `${caller}.${snake(operation.function)}(${keywords(given, operation.input)})`
    : `${caller}.call(${JSON.stringify(operation.function)}, ${literal(given)})`;
  const head = [...[...imports].sort((a, b) => b.startsWith("import") - a.startsWith("import")), "", `from bubblehouse_loyalty import ${[...names].sort().join(", ")}`, ""];
  return [...head, "with LoyaltyClient(", ...keyed.map((it) => `    ${it},`), ") as loyalty:", `    print(${call})`, ""].join("\n");
}

function snake(name) {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/([A-Za-z])([0-9])/g, "$1_$2").toLowerCase();
}
