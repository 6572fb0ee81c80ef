"use strict";
const make = (name, text, ...inner) => {
  const one = document.createElement(name);
  if (text) one.textContent = text;
  one.append(...inner);
  return one;
};

function resolve(whole, schema) {
  if (!schema || !schema.$ref) return schema || {};
  return schema.$ref.slice(2).split("/").reduce((at, part) => at[part.replace(/~1/g, "/").replace(/~0/g, "~")], whole);
}

function kind(whole, schema) {
  if (schema.$ref) return resolve(whole, schema).title || "object";
  if (schema.anyOf) return schema.anyOf.map((one) => kind(whole, one)).join(" or ");
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.type === "array") return `list of ${kind(whole, schema.items || {})}`;
  return schema.type || "anything";
}

function fields(whole, schema, seen = new Set()) {
  const real = resolve(whole, schema);
  if (real.type === "array") return fields(whole, real.items || {}, seen);
  if (!real.properties || seen.has(real)) return [];
  seen.add(real);
  const table = make("table", "", make("tr", "", make("th", "Field"), make("th", "Kind"), make("th", "")));
  const parts = [make("h3", real.title || "Fields"), table];
  for (const [name, one] of Object.entries(real.properties)) {
    const must = (real.required || []).includes(name) ? "required" : "";
    const said = [must, one.description].filter(Boolean).join(" · ");
    table.append(make("tr", "", make("td", "", make("code", name)), make("td", kind(whole, one)), make("td", said)));
    for (const inner of [one, one.items, ...(one.anyOf || [])]) {
      if (inner && inner.$ref) parts.push(...fields(whole, inner, seen));
    }
  }
  return parts;
}

function route(whole, path, method, said) {
  const one = make("article", "", make("h2", "", make("span", method.toUpperCase()), " ", make("code", path)));
  one.querySelector("span").className = "method";
  one.id = `${method}${path}`;
  one.append(make("p", said.description || said.summary || ""));
  for (const parameter of said.parameters || []) {
    one.append(make("p", "", make("code", parameter.name), ` (${parameter.in}${parameter.required ? ", required" : ""})`));
  }
  const body = said.requestBody && said.requestBody.content["application/json"];
  if (body) one.append(...fields(whole, body.schema));
  const table = make("table");
  for (const [status, answer] of Object.entries(said.responses)) {
    table.append(make("tr", "", make("td", "", make("code", status)), make("td", answer.description)));
  }
  one.append(make("h3", "Answers"), table);
  return one;
}

async function run() {
  const answer = await fetch("/v1/openapi.json", { credentials: "omit" });
  const whole = await answer.json();
  document.getElementById("title").textContent = `${whole.info.title} · local API ${whole.info.version}`;
  document.getElementById("about").textContent = whole.info.description || "";
  const list = [], index = [];
  for (const [path, methods] of Object.entries(whole.paths)) {
    for (const [method, said] of Object.entries(methods)) {
      const one = route(whole, path, method, said);
      const link = make("a", `${method.toUpperCase()} ${path}`);
      link.href = `#${encodeURIComponent(one.id)}`;
      list.push(one);
      index.push(link);
    }
  }
  document.getElementById("routes").replaceChildren(...list);
  document.getElementById("index").replaceChildren(...index);
}
run().catch(() => { document.getElementById("routes").textContent = "The description could not be read. Load the page again."; });
