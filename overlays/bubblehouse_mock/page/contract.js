// The contract that the mock serves, in the form in which people ask about it.

const VERBS = ["post", "get", "put", "patch", "delete"];
const ASSUMPTION = "x-bubblehouse-assumption";

export class Contract {
  constructor(root) {
    this.root = root;
    this.title = root.info?.title ?? "";
    const version = this.resolve(root.servers?.[0]?.variables?.version) ?? {};
    this.versions = [version.default, ...(version.enum ?? []).filter((it) => it !== version.default)];
    this.schemas = root.components?.schemas ?? {};
    this.operations = Object.entries(root.paths).flatMap(([path, item]) => this.#verbs(path, this.resolve(item)));
    this.functions = [...new Set(this.operations.map((it) => it.function))];
    this.assumptions = assumptions(root);
  }

  // Follows references, and keeps what stands beside them and the name of the first one.
  resolve(node) {
    let found = node;
    let name;
    for (let steps = 0; found?.$ref && steps < 20; steps += 1) {
      const { $ref, ...beside } = found;
      name ??= $ref.split("/").at(-1);
      const target = $ref.slice(2).split("/").reduce((at, step) => at?.[step.replaceAll("~1", "/").replaceAll("~0", "~")], this.root);
      found = { ...target, ...beside };
    }
    return name ? { ...found, name } : found;
  }

  errorsOf(name) {
    const found = this.operations.filter((it) => !name || it.function === name).flatMap((it) => it.errors);
    return [...new Map(found.map((it) => [it.id, it])).values()];
  }

  // The properties of an object, for a table.
  properties(schema) {
    const known = this.resolve(schema) ?? {};
    return Object.entries(known.properties ?? {}).map(([name, node]) => {
      const { description = "", ...rest } = this.resolve(node);
      return { name, type: this.type(node), required: (known.required ?? []).includes(name), description, assumptions: assumptions(rest) };
    });
  }

  // What a type is called: the names of schemas in braces, so that they can be told from what JSON Schema has.
  type(node) {
    if (!node) return ["anything"];
    if (node.$ref) return [{ schema: node.$ref.split("/").at(-1) }];
    const choices = node.oneOf ?? node.anyOf;
    if (choices) return choices.flatMap((it, index) => (index ? [" or ", ...this.type(it)] : this.type(it)));
    if (node.type === "array") return ["list of ", ...this.type(node.items)];
    if (node.enum) return [node.enum.map((it) => JSON.stringify(it)).join(" or ")];
    return [[node.type ?? "anything"].flat().join(" or ")];
  }

  #verbs(path, item) {
    return VERBS.filter((verb) => item[verb]).map((verb) => this.#operation(path.split("/").at(-1), verb, item[verb]));
  }

  #operation(name, verb, node) {
    const body = this.resolve(node.requestBody)?.content?.["application/json"];
    const parameters = (node.parameters ?? []).map((it) => this.resolve(it)).filter((it) => it.in === "query");
    const schemaOf = (it) => it.schema ?? Object.values(it.content ?? {})[0]?.schema;
    const ofQuery = {
      type: "object",
      required: parameters.filter((it) => it.required).map((it) => it.name),
      properties: Object.fromEntries(parameters.map((it) => [it.name, { ...schemaOf(it), description: it.description, ...noted(it) }])),
    };
    const good = this.resolve(node.responses["200"]);
    const answer = good?.content?.["application/json"];
    return {
      key: `${verb.toUpperCase()} ${name}`,
      function: name,
      method: verb.toUpperCase(),
      summary: node.summary ?? "",
      description: node.description ?? "",
      docs: node.externalDocs?.url ?? "",
      kind: node["x-bubblehouse-kind"],
      tokens: (node.security ?? this.root.security ?? []).flatMap((it) => (Object.keys(it).length ? Object.keys(it) : ["Anonymous"])),
      asJson: new Set(parameters.filter((it) => it.content).map((it) => it.name)),
      input: body ? this.resolve(body.schema) : ofQuery,
      examples: body ? this.#examples(body) : [["", Object.fromEntries(parameters.map((it) => [it.name, this.#example(it)]))]],
      output: answer?.schema,
      answers: answer ? this.#examples(answer) : [],
      links: Object.values(good?.links ?? {}).map((it) => this.resolve(it)),
      errors: Object.entries(node.responses).flatMap(([status, it]) => this.#errors(status, this.resolve(it))),
      assumptions: assumptions({ ...node, responses: null, requestBody: null, parameters: null }),
    };
  }

  #examples(media) {
    const several = Object.values(media.examples ?? {}).map((it) => this.resolve(it));
    return several.length ? several.map((it) => [it.summary ?? "", it.value]) : [["", media.example ?? {}]];
  }

  #example(parameter) {
    return parameter.example ?? Object.values(parameter.content ?? {})[0]?.example ?? null;
  }

  #errors(status, response) {
    const schema = this.resolve(response.content?.["application/json"]?.schema) ?? {};
    return (schema.oneOf ?? [schema]).map((it) => this.resolve(it)).flatMap((it) => {
      const id = it.properties?.id?.const;
      const scope = it["x-bubblehouse-error-scope"] ?? "";
      const headers = Object.keys(response.headers ?? {});
      return id ? [{ id, status: Number(status), reason: it.description ?? "", scope, headers, assumptions: assumptions(it) }] : [];
    });
  }
}

function noted(node) {
  return Object.fromEntries(Object.entries(node).filter(([key]) => key.startsWith(ASSUMPTION)));
}

// What was assumed where the vendor's docs leave it open.
export function assumptions(node) {
  return Object.entries(noted(node ?? {})).map(([key, text]) => {
    const about = key.slice(ASSUMPTION.length + 1).replaceAll("-", " ");
    return about ? `${about}: ${text}` : String(text);
  });
}
