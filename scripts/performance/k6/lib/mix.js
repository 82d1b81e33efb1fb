import { check, group, sleep } from "k6";
import http from "k6/http";
import { openSession, urlOf } from "./session.js";

/**
 * Signs in and tries each request once. Writes that the token may not do are left out.
 * @param {string} text scenarios.json
 */
export function prepare(text) {
  /** @type {import("./scenarios.js").ScenarioFile} */
  const file = JSON.parse(text);
  const session = openSession();
  for (const entry of file.mix) {
    const response = send(entry, session);
    if (response.status === 403) {
      console.warn(`Skipped, because this token is not allowed to: ${entry.name}`);
      session.leftOut.push(entry.name);
    } else if (!isExpected(entry, response)) {
      throw new Error(`${entry.method} ${entry.path} (${entry.name}) answers with ${response.status} even without load. Fix that first.`);
    }
  }
  return session;
}

/**
 * The function that a user repeats: one request of the mix, then a pause.
 * @param {string} text scenarios.json
 * @param {boolean} [pauses] whether users think between requests
 */
export function userOf(text, pauses = true) {
  /** @type {import("./scenarios.js").ScenarioFile} */
  const file = JSON.parse(text);
  const { from, to } = file.thinkSeconds;
  /** @param {import("./session.js").Session} session */
  return (session) => {
    const entry = pick(file.mix.filter((candidate) => session.leftOut.indexOf(candidate.name) < 0));
    group(entry.group, () => {
      check(send(entry, session), { "as expected": (answer) => isExpected(entry, answer) });
    });
    if (pauses) {
      sleep(from + Math.random() * (to - from));
    }
  };
}

/** @param {import("./scenarios.js").MixEntry[]} mix */
function pick(mix) {
  let drawn = Math.random() * mix.reduce((sum, entry) => sum + entry.weight, 0);
  for (const entry of mix) {
    drawn -= entry.weight;
    if (drawn < 0) {
      return entry;
    }
  }
  return mix[mix.length - 1];
}

/**
 * @param {import("./scenarios.js").MixEntry} entry
 * @param {import("./session.js").Session} session
 */
function send(entry, session) {
  const headers = { Authorization: session.authorization, "Content-Type": "application/json" };
  const body = entry.body ? fill(JSON.stringify(entry.body), session, (value) => JSON.stringify(value).slice(1, -1)) : null;
  // The name keeps addresses with ids in them from becoming one metric each.
  const tags = { name: entry.name };
  return http.request(entry.method, urlOf(fill(entry.path, session, encodeURIComponent)), body, { headers, tags });
}

/**
 * @param {string} text
 * @param {import("./session.js").Session} session
 * @param {(value: string) => string} escape
 */
function fill(text, session, escape) {
  const filled = Object.keys(session.values).reduce((all, name) => all.split(`{${name}}`).join(escape(session.values[name])), text);
  return filled.indexOf("{unique}") < 0 ? filled : filled.split("{unique}").join(`${Date.now()}-${Math.random()}`);
}

/**
 * @param {import("./scenarios.js").MixEntry} entry
 * @param {import("k6/http").RefinedResponse<any>} response
 */
function isExpected(entry, response) {
  const good = response.status >= 200 && response.status < 300;
  return good && (!entry.expect || (typeof response.body === "string" && response.body.indexOf(entry.expect) >= 0));
}
