// Says of each pair of documents on standard input whether api-smart-diff finds a breaking change. Its path is the argument.
const { compareOpenApi } = require(process.argv[2])
console.warn = console.error = () => {}  // it tells of rules of its own that fail
const pairs = JSON.parse(require("fs").readFileSync(0, "utf8"))
console.log(JSON.stringify(pairs.map(([before, after]) =>
  compareOpenApi(before, after).diffs.some((found) => found.type === "breaking"))))
