/**
 * Writes a run's result in the form of "k6 run --summary-export", and what matters of it as text.
 * @param {string} name
 * @param {any} data
 */
export function summaryOf(name, data) {
  const folder = __ENV.OUTPUT_DIR || ".";
  const file = __ENV.SUMMARY_FILE || `${folder}/${name}.json`;
  /** @type {Record<string, string>} */
  const outputs = { stdout: textOf(data) };
  outputs[file] = JSON.stringify(exportOf(data), null, 2);
  return outputs;
}

/** @param {any} data */
function exportOf(data) {
  /** @type {Record<string, any>} */
  const metrics = {};
  for (const name of Object.keys(data.metrics)) {
    const metric = data.metrics[name];
    const flat = Object.assign({}, metric.values);
    if (metric.type === "rate") {
      flat.value = flat.rate;
      delete flat.rate;
    }
    if (metric.thresholds) {
      flat.thresholds = {};
      for (const expression of Object.keys(metric.thresholds)) {
        // This form says whether a threshold was crossed: true is bad.
        flat.thresholds[expression] = !metric.thresholds[expression].ok;
      }
    }
    metrics[name] = flat;
  }
  return { root_group: data.root_group, metrics };
}

/** @param {any} data */
function textOf(data) {
  const lines = [];
  for (const name of Object.keys(data.metrics).sort()) {
    const metric = data.metrics[name];
    const values = Object.keys(metric.values).map((key) => `${key}=${Math.round(metric.values[key] * 100) / 100}`);
    lines.push(`${name}: ${values.join(" ")}`);
    for (const expression of Object.keys(metric.thresholds || {})) {
      lines.push(`  ${metric.thresholds[expression].ok ? "ok    " : "FAILED"} ${expression}`);
    }
  }
  return lines.join("\n") + "\n";
}
