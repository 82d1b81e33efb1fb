import http from "k6/http";

const address = (__ENV.API_URL || "http://localhost:8000").replace(/\/$/, "");

/** @typedef {{ authorization: string, password: string, keyId: string, values: Record<string, string>, leftOut: string[] }} Session */

/** @param {string} path */
export function urlOf(path) {
  return address + path;
}

/**
 * Signs in (with API_TOKEN, or as the administrator with an API key of its own) and finds a project to search.
 * @returns {Session}
 */
export function openSession() {
  const health = http.get(urlOf("/health"));
  if (health.status !== 200) {
    throw new Error(`No API answers at ${address} (status ${health.status}). Start the platform with ./run.sh, or set API_URL.`);
  }
  const password = __ENV.SWE_ADMIN_PASSWORD || "";
  let authorization = __ENV.API_TOKEN ? `Bearer ${__ENV.API_TOKEN}` : "";
  let keyId = "";
  if (!authorization) {
    // Access tokens end after an hour; a soak test does not.
    const expiresAt = new Date(Date.now() + 12 * 3600 * 1000).toISOString();
    const key = call("POST", "/api/v1/api-keys", signIn(password), { name: "load test", expiresAt });
    authorization = `Bearer ${key.key}`;
    keyId = key.id;
  }
  const user = call("GET", "/api/v1/users/me", authorization);
  const values = { userId: user.id, displayName: user.displayName, projectId: findProject(authorization) };
  return { authorization, password, keyId, values, leftOut: [] };
}

/** @param {Session} session */
export function closeSession(session) {
  if (session.keyId) {
    call("DELETE", `/api/v1/api-keys/${session.keyId}`, signIn(session.password));
  }
}

/** @param {string} password */
function signIn(password) {
  if (!password) {
    throw new Error("Set API_TOKEN (an access token or API key) or SWE_ADMIN_PASSWORD.");
  }
  return `Bearer ${call("POST", "/api/v1/auth/login", "", { email: "admin@swe.local", password }).token}`;
}

/** @param {string} authorization */
function findProject(authorization) {
  /** @type {{ id: string, name: string, headCommit: string | null }[]} */
  const projects = call("GET", "/api/v1/projects?limit=500", authorization).items;
  const usable = projects.filter((project) => project.headCommit);
  const own = usable.filter((project) => project.name === "swe-platform");
  if (usable.length === 0) {
    throw new Error("No project is ready to be searched. Register one first: POST /api/v1/projects.");
  }
  return (own.length > 0 ? own : usable)[0].id;
}

/**
 * @param {"GET" | "POST" | "DELETE"} method
 * @param {string} path
 * @param {string} authorization
 * @param {object} [body]
 * @returns {any}
 */
function call(method, path, authorization, body) {
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/json" };
  if (authorization) {
    headers.Authorization = authorization;
  }
  const response = http.request(method, urlOf(path), body ? JSON.stringify(body) : null, { headers });
  if (response.status < 200 || response.status >= 300) {
    throw new Error(`${method} ${path} answers with ${response.status}: ${response.body}`);
  }
  return response.body ? response.json() : {};
}
