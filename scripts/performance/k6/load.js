import { prepare, userOf } from "./lib/mix.js";
import { optionsOf } from "./lib/scenarios.js";
import { closeSession } from "./lib/session.js";
import { summaryOf } from "./lib/summary.js";

const scenarios = open("../scenarios.json");

export const options = optionsOf("load", scenarios);
export const setup = () => prepare(scenarios);
export default userOf(scenarios);
export const teardown = closeSession;
/** @param {any} data */
export const handleSummary = (data) => summaryOf("load", data);
