// What a threshold makes of probabilities. labels: true for the class that is to be found.
export function countAnswers(labels, probabilities, threshold) {
  const counts = { truePositives: 0, falseNegatives: 0, falsePositives: 0, trueNegatives: 0 };
  for (let i = 0; i < labels.length; i++) {
    const found = probabilities[i] >= threshold;
    if (labels[i]) counts[found ? "truePositives" : "falseNegatives"]++;
    else counts[found ? "falsePositives" : "trueNegatives"]++;
  }
  return counts;
}

export function ratesOf({ truePositives, falseNegatives, falsePositives, trueNegatives }) {
  const all = truePositives + falseNegatives + falsePositives + trueNegatives;
  const found = truePositives + falsePositives;
  return {
    sensitivity: truePositives / (truePositives + falseNegatives),
    specificity: trueNegatives / (trueNegatives + falsePositives),
    precision: found ? truePositives / found : 0,
    accuracy: (truePositives + trueNegatives) / all,
  };
}

// The points (1 - specificity, sensitivity) for each threshold, from the highest down.
export function rocCurve(labels, probabilities) {
  const order = Array.from(labels.keys()).sort((a, b) => probabilities[b] - probabilities[a]);
  const positives = order.filter(i => labels[i]).length, negatives = order.length - positives;
  const points = [[0, 0]];
  let [found, alarms] = [0, 0];
  order.forEach((i, place) => {
    if (labels[i]) found++; else alarms++;
    if (probabilities[i] !== probabilities[order[place + 1]])
      points.push([alarms / negatives, found / positives]);
  });
  return points;
}
