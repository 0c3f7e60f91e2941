/* The sum behind a prediction: logit = bias + sum of weight times activation. Pure functions. */
export function logits(model, activation) {
  return model.weights.map((row, k) => row.reduce((sum, [j, weight]) => sum + weight * activation[j], 0) + model.bias[k]);
}

export function softmax(values) {
  const largest = Math.max(...values), odds = values.map((value) => Math.exp(value - largest));
  const whole = odds.reduce((sum, value) => sum + value, 0);
  return odds.map((value) => value / whole);
}

export const best = (values) => values.indexOf(Math.max(...values));

/* Class indices, most probable first. */
export const ranked = (values) => values.map((_, k) => k).sort((a, b) => values[b] - values[a] || a - b);

/* Bias and weights of one class, or of its lead over a rival. */
export function rule(model, k, rival) {
  if (rival === null) return { bias: model.bias[k], weights: model.weights[k] };
  const weights = new Map(model.weights[k]);
  for (const [column, weight] of model.weights[rival]) weights.set(column, (weights.get(column) ?? 0) - weight);
  return { bias: model.bias[k] - model.bias[rival], weights: [...weights].filter(([, weight]) => weight !== 0) };
}

/* Terms of a sum, by the size they have in the clip as it is. */
export function terms(weights, activation) {
  return weights
    .map(([column, weight]) => ({ column, weight, value: weight * activation[column] }))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.column - b.column);
}

/* Steps of a waterfall with whole numbers of the last digit, so that the column adds up as it stands. */
export function steps(bias, parts, total, digits = 2) {
  const unit = 10 ** digits, whole = (value) => Math.round(value * unit);
  const residue = whole(total) - whole(bias) - parts.reduce((sum, value) => sum + whole(value), 0);
  let at = bias;
  const spans = parts.map((value) => { const from = at; at += value; return [from, at]; });
  const ends = [0, bias, total, ...spans.flat()];
  const low = Math.min(...ends), high = Math.max(...ends), scale = high - low > 1e-12 ? 100 / (high - low) : 0;
  const place = ([a, b]) => ({ left: (Math.min(a, b) - low) * scale, width: Math.abs(b - a) * scale });
  return { zero: -low * scale, bias: place([0, bias]), parts: spans.map(place), total: place([0, total]), residue: residue / unit };
}

export function number(value, digits = 2, sign = true) {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return (value < 0 ? "\u2212" : sign ? "+" : "") + text;
}

export function percent(share) {
  const value = 100 * share;
  if (share < 1 && value >= 99.95) return "> 99.9\u202f%";
  if (share > 0 && value < 0.05) return "< 0.1\u202f%";
  return `${value.toFixed(1)}\u202f%`;
}

export const label = (text) => text.replaceAll("_", " ");
