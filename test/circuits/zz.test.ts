import { it } from 'vitest';
import { circuitRequest, runBench } from '/work/w7-circuits/test/circuits/bench.ts';
it('x', async () => {
  for (const [f, t] of [['planted-ioi','ioi'],['planted-induction','induction'],['planted-decoys','keyValue'],['planted-polysemantic','induction']] as const) {
    const run = await runBench(circuitRequest(f, t, 16, { methods: ['patching','ablation','atp','ig','gradxact','mean-difference'].map((id) => ({ id, settings: {} })), random: 3, studied: 0.3 }));
    console.log(f, JSON.stringify(run.header.references), JSON.stringify(run.header.ends), run.warnings, run.seconds, run.modelSeconds);
    for (const r of run.rows) {
      if (r.of === 'judged' && r.reference==='planted') console.log(r.method, r.reference, r.auc, r.aucPessimistic, r.averagePrecision, r.f1);
      if (r.of === 'area') console.log(r.method, r.draw, r.order, r.cpr, r.cmd);
      if (r.of === 'ranking') console.log(r.method, r.signed?.map((x)=>x.toFixed(2)).join(' '), r.seconds);
      if (r.of === 'studied') console.log(JSON.stringify(r));
    }
  }
}, 100000);
