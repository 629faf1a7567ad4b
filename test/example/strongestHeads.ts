/** Which heads does a model use for induction? `node strongestHeads.js MODEL` prints the three strongest. */
import { ablate, open, run } from 'headscope';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('expected the path of a model');

const model = await open(path);
const { baseline, units } = await ablate(model, { prompts: { task: 'induction', n: 8 }, kind: 'zero' });
console.log(`negative log-likelihood ${baseline.metric.mean.toFixed(2)}, accuracy ${baseline.accuracy.mean}`);

const strongest = units.toSorted((a, b) => b.effect.mean - a.effect.mean).slice(0, 3);
for (const { layer, head, effect } of strongest) console.log(`L${layer}H${head} ${effect.mean.toFixed(3)}`);

const [first] = strongest;
const edits = first === undefined ? [] : [`L${first.layer}H${first.head}.z=zero`];
const { kl } = await run(model, { prompt: { ids: [1, 2, 3, 4, 1, 2, 3] }, edits });
console.log(`without the strongest, KL ${(kl ?? 0).toFixed(3)} nats`);
await model.dispose();
