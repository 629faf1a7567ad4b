// Sums the reports of the test steps. usage: node .ci/count.mjs FOLDER step=exitStatus ...; FOLDER holds vitest's step.json.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...steps] = process.argv.slice(2);

/** A step that failed without a failing test (types, lint, a file that does not load) counts as one failure. */
function count(step) {
  const [name, status] = step.split('=');
  const file = join(folder, `${name}.json`);
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { numPassedTests: 0, numFailedTests: 0 };
  const failed = report.numFailedTests + (status !== '0' && report.numFailedTests === 0 ? 1 : 0);
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests ?? 0 };
}

const counts = steps.map(count);
const sum = (key) => counts.reduce((total, entry) => total + entry[key], 0);
if (sum('skipped') > 0) console.log(`${sum('skipped')} left out (a file they need is not on this machine)`);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = sum('failed') > 0 ? 1 : 0;
