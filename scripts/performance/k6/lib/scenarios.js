/**
 * @typedef {{ name: string, group: string, weight: number, method: string, path: string, body?: object, expect?: string }} MixEntry
 * @typedef {{
 *   groups: Record<string, { p95: number, p99: number }>,
 *   errorRate: number,
 *   thinkSeconds: { from: number, to: number },
 *   mix: MixEntry[],
 *   scenarios: Record<string, any>,
 * }} ScenarioFile
 */

/**
 * The options of a k6 script. The file's text is a parameter because open() looks beside the script that calls it.
 * @param {string} name
 * @param {string} text scenarios.json
 */
export function optionsOf(name, text) {
  /** @type {ScenarioFile} */
  const file = JSON.parse(text);
  const quick = __ENV.QUICK === "true";
  const described = file.scenarios[name];
  const scenario = Object.assign({}, described, quick ? described.quick : {});
  delete scenario.quick;
  delete scenario.description;
  delete scenario.abortOnFail;
  if (scenario.executor === "ramping-vus") {
    scenario.startVUs = 0;
  }
  if (scenario.executor === "ramping-arrival-rate") {
    scenario.timeUnit = "1s";
  }

  /** @param {string} threshold */
  const limit = (threshold) => (described.abortOnFail ? { threshold, abortOnFail: true, delayAbortEval: "10s" } : threshold);
  /** @type {Record<string, any[]>} */
  const thresholds = {
    http_req_failed: [limit(`rate<${file.errorRate}`)],
    checks: [limit(`rate>${1 - file.errorRate}`)],
  };
  for (const group of Object.keys(file.groups)) {
    const target = file.groups[group];
    // k6 writes "::" before the name of a group.
    thresholds[`http_req_duration{group:::${group}}`] = [limit(`p(95)<${target.p95}`), limit(`p(99)<${target.p99}`)];
  }
  return {
    scenarios: { [quick ? `${name}-quick` : name]: scenario },
    thresholds,
    summaryTrendStats: ["avg", "min", "med", "max", "p(90)", "p(95)", "p(99)"],
    setupTimeout: "2m",
  };
}
