import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Tests that do more where HEADSCOPE_LONG is 1: `npm run test:long` runs these and no others. */
function longTests(): string[] {
  const tests = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts'));
  return tests
    .map((name) => join('test', name))
    .filter((path) => readFileSync(path, 'utf8').includes('HEADSCOPE_LONG'));
}

export default defineConfig(({ mode }) => {
  const long = mode === 'long';
  const report = process.env['HEADSCOPE_TEST_REPORT'];
  return {
    test: {
      // onnxruntime-node fails in the vm pools.
      pool: 'forks',
      globalSetup: ['test/browser/buildUi.ts'],
      maxWorkers: Math.min(4, availableParallelism()),
      include: long ? longTests() : ['test/**/*.test.{ts,tsx}'],
      env: { HEADSCOPE_LONG: long ? '1' : '0' },
      // Pages are waited for up to 120 s: first starts take their time beside other tests on two cores.
      testTimeout: long ? 1_200_000 : 240_000,
      hookTimeout: 180_000,
      reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    },
  };
});
