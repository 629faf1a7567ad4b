/** The graphs of every golden config: sites marked, weights named and used, and one block of a few families as it is printed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config, Family } from '../../engine/arch/architecture.ts';
import { familyOf } from '../../engine/arch/index.ts';
import { sitesOf } from '../../engine/arch/sites.ts';
import { parametersOf } from '../../engine/graph/graph.ts';
import { printGraph } from '../../engine/graph/print.ts';
import type { ProgramPart } from '../../engine/run/program.ts';
import { partGraph, partWeights } from '../../engine/run/program.ts';
import type { Taps } from '../../engine/run/taps.ts';
import { blockSites, embedSites, noTaps, tapsAmong, unembedSites } from '../../engine/run/taps.ts';
import { goldenFolders, goldenPath } from './golden.ts';

function familyIn(folder: string): Family {
  return familyOf(JSON.parse(readFileSync(join(goldenPath(folder), 'config.json'), 'utf8')) as Config).family;
}

function partsOf(family: Family): { part: ProgramPart; among: Parameters<typeof tapsAmong>[1] }[] {
  const blocks = Array.from({ length: family.shape.layers }, (_, layer) =>
    [false, true].map((narrow) => ({ part: { kind: 'block', layer, narrow } as const, among: blockSites })),
  );
  return [
    { part: { kind: 'embed' }, among: embedSites },
    ...blocks.flat(),
    { part: { kind: 'unembed' }, among: unembedSites },
  ];
}

describe('the programs of every golden config', () => {
  it.each(goldenFolders)('%s marks its sites and uses each of its weights, narrowed or not', (folder) => {
    const family = familyIn(folder);
    const all: Taps = { edited: new Set(), captured: new Set(sitesOf(family)) };
    for (const { part, among } of partsOf(family)) {
      const graph = partGraph(family, part, tapsAmong(all, among));
      const named = Object.keys(partWeights(family, part)).sort();
      expect(
        parametersOf(graph)
          .map(({ name }) => name)
          .sort(),
      ).toEqual(named);
    }
  });
});

const block = { kind: 'block', layer: 0, narrow: false } as const;

describe('a block as it is printed', () => {
  it('of Llama with grouped keys', () => {
    expect(printGraph(partGraph(familyIn('llama-gqa'), block, noTaps))).toMatchInlineSnapshot(`
      "graph block
        input residPre : float32[B ?, P ?, D 24]
        %1 = power(residPre) exponent=2 : float32[B ?, P ?, D 24]
        %2 = mean(%1) over=[D] : float32[B ?, P ?]
        %3 = constant [0.000001] : float32[]
        %4 = add(%2, 0.000001) : float32[B ?, P ?]
        %5 = sqrt(%4) : float32[B ?, P ?]
        %6 = divide(residPre, %5) : float32[B ?, P ?, D 24]
        parameter input_layernorm.weight : float32[D 24]
        %8 = multiply(%6, input_layernorm.weight) : float32[B ?, P ?, D 24]
        parameter self_attn.q_proj.weight : float32[N 4, H 10, D 24]
        %10 = contract(%8, self_attn.q_proj.weight) axes=[B P N H] : float32[B ?, P ?, N 4, H 10]
        parameter self_attn.k_proj.weight : float32[G 2, H 10, D 24]
        %12 = contract(%8, self_attn.k_proj.weight) axes=[B P G H] : float32[B ?, P ?, G 2, H 10]
        parameter self_attn.v_proj.weight : float32[G 2, H 10, D 24]
        %14 = contract(%8, self_attn.v_proj.weight) axes=[B P G H] : float32[B ?, P ?, G 2, H 10]
        input cos : float32[B ?, P ?, J 5]
        input sin : float32[B ?, P ?, J 5]
        %17 = rotary(%10, cos, sin) interleaved=false : float32[B ?, P ?, N 4, H 10]
        %18 = constant [0.31622776601683794] : float32[]
        %19 = multiply(%17, 0.31622776601683794) : float32[B ?, P ?, N 4, H 10]
        %20 = split(%19) axis=N into=[G:2 R:2] : float32[B ?, P ?, G 2, R 2, H 10]
        %21 = transpose(%20) axes=[B G R P H] : float32[B ?, G 2, R 2, P ?, H 10]
        %22 = rotary(%12, cos, sin) interleaved=false : float32[B ?, P ?, G 2, H 10]
        %23 = transpose(%22) axes=[B G P H] : float32[B ?, G 2, P ?, H 10]
        %24 = transpose(%14) axes=[B G P H] : float32[B ?, G 2, P ?, H 10]
        input pastKeys : float32[B ?, G 2, T ?, H 10]
        %26 = rename(pastKeys) from=T to=K : float32[B ?, G 2, K ?, H 10]
        %27 = rename(%23) from=P to=K : float32[B ?, G 2, K ?, H 10]
        %28 = concat(%26, %27) axis=K : float32[B ?, G 2, K ?, H 10]
        input pastValues : float32[B ?, G 2, T ?, H 10]
        %30 = rename(pastValues) from=T to=K : float32[B ?, G 2, K ?, H 10]
        %31 = rename(%24) from=P to=K : float32[B ?, G 2, K ?, H 10]
        %32 = concat(%30, %31) axis=K : float32[B ?, G 2, K ?, H 10]
        %33 = contract(%21, %28) axes=[B G R P K] : float32[B ?, G 2, R 2, P ?, K ?]
        %34 = merge(%33) axes=[G R] into=N : float32[B ?, N 4, P ?, K ?]
        input mask : float32[B ?, P ?, K ?]
        %36 = add(%34, mask) : float32[B ?, N 4, P ?, K ?]
        %37 = softmax(%36) over=K : float32[B ?, N 4, P ?, K ?]
        %38 = split(%37) axis=N into=[G:2 R:2] : float32[B ?, G 2, R 2, P ?, K ?]
        %39 = contract(%38, %32) axes=[B G R P H] : float32[B ?, G 2, R 2, P ?, H 10]
        %40 = transpose(%39) axes=[B P G R H] : float32[B ?, P ?, G 2, R 2, H 10]
        %41 = merge(%40) axes=[G R] into=N : float32[B ?, P ?, N 4, H 10]
        parameter self_attn.o_proj.weight : float32[D 24, N 4, H 10]
        %43 = contract(%41, self_attn.o_proj.weight) axes=[B P D] : float32[B ?, P ?, D 24]
        %44 = add(residPre, %43) : float32[B ?, P ?, D 24]
        %45 = power(%44) exponent=2 : float32[B ?, P ?, D 24]
        %46 = mean(%45) over=[D] : float32[B ?, P ?]
        %47 = constant [0.000001] : float32[]
        %48 = add(%46, 0.000001) : float32[B ?, P ?]
        %49 = sqrt(%48) : float32[B ?, P ?]
        %50 = divide(%44, %49) : float32[B ?, P ?, D 24]
        parameter post_attention_layernorm.weight : float32[D 24]
        %52 = multiply(%50, post_attention_layernorm.weight) : float32[B ?, P ?, D 24]
        parameter mlp.gate_proj.weight : float32[M 28, D 24]
        %54 = contract(%52, mlp.gate_proj.weight) axes=[B P M] : float32[B ?, P ?, M 28]
        %55 = sigmoid(%54) : float32[B ?, P ?, M 28]
        %56 = multiply(%54, %55) : float32[B ?, P ?, M 28]
        parameter mlp.up_proj.weight : float32[M 28, D 24]
        %58 = contract(%52, mlp.up_proj.weight) axes=[B P M] : float32[B ?, P ?, M 28]
        %59 = multiply(%56, %58) : float32[B ?, P ?, M 28]
        parameter mlp.down_proj.weight : float32[D 24, M 28]
        %61 = contract(%59, mlp.down_proj.weight) axes=[B P D] : float32[B ?, P ?, D 24]
        %62 = add(%44, %61) : float32[B ?, P ?, D 24]
      outputs
        keys <- %23
        values <- %24
        stream <- %62"
    `);
  });

  it('of GPT-2', () => {
    expect(printGraph(partGraph(familyIn('gpt2-tied'), block, noTaps))).toMatchInlineSnapshot(`
      "graph block
        input residPre : float32[B ?, P ?, D 24]
        %1 = mean(residPre) over=[D] : float32[B ?, P ?]
        %2 = subtract(residPre, %1) : float32[B ?, P ?, D 24]
        %3 = power(%2) exponent=2 : float32[B ?, P ?, D 24]
        %4 = mean(%3) over=[D] : float32[B ?, P ?]
        %5 = constant [0.00001] : float32[]
        %6 = add(%4, 0.00001) : float32[B ?, P ?]
        %7 = sqrt(%6) : float32[B ?, P ?]
        %8 = divide(%2, %7) : float32[B ?, P ?, D 24]
        parameter ln_1.weight : float32[D 24]
        %10 = multiply(%8, ln_1.weight) : float32[B ?, P ?, D 24]
        parameter ln_1.bias : float32[D 24]
        %12 = add(%10, ln_1.bias) : float32[B ?, P ?, D 24]
        parameter attn.c_attn.weight : float32[D 24, C 3, G 3, H 8]
        %14 = contract(%12, attn.c_attn.weight) axes=[B P C G H] : float32[B ?, P ?, C 3, G 3, H 8]
        parameter attn.c_attn.bias : float32[C 3, G 3, H 8]
        %16 = add(%14, attn.c_attn.bias) : float32[B ?, P ?, C 3, G 3, H 8]
        %17 = slice(%16) axis=C from=0 to=1 : float32[B ?, P ?, C 1, G 3, H 8]
        %18 = squeeze(%17) axis=C : float32[B ?, P ?, G 3, H 8]
        %19 = rename(%18) from=G to=N : float32[B ?, P ?, N 3, H 8]
        %20 = slice(%16) axis=C from=1 to=2 : float32[B ?, P ?, C 1, G 3, H 8]
        %21 = squeeze(%20) axis=C : float32[B ?, P ?, G 3, H 8]
        %22 = slice(%16) axis=C from=2 to=3 : float32[B ?, P ?, C 1, G 3, H 8]
        %23 = squeeze(%22) axis=C : float32[B ?, P ?, G 3, H 8]
        %24 = constant [0.35355339059327373] : float32[]
        %25 = multiply(%19, 0.35355339059327373) : float32[B ?, P ?, N 3, H 8]
        %26 = rename(%25) from=N to=G : float32[B ?, P ?, G 3, H 8]
        %27 = transpose(%26) axes=[B G P H] : float32[B ?, G 3, P ?, H 8]
        %28 = transpose(%21) axes=[B G P H] : float32[B ?, G 3, P ?, H 8]
        %29 = transpose(%23) axes=[B G P H] : float32[B ?, G 3, P ?, H 8]
        input pastKeys : float32[B ?, G 3, T ?, H 8]
        %31 = rename(pastKeys) from=T to=K : float32[B ?, G 3, K ?, H 8]
        %32 = rename(%28) from=P to=K : float32[B ?, G 3, K ?, H 8]
        %33 = concat(%31, %32) axis=K : float32[B ?, G 3, K ?, H 8]
        input pastValues : float32[B ?, G 3, T ?, H 8]
        %35 = rename(pastValues) from=T to=K : float32[B ?, G 3, K ?, H 8]
        %36 = rename(%29) from=P to=K : float32[B ?, G 3, K ?, H 8]
        %37 = concat(%35, %36) axis=K : float32[B ?, G 3, K ?, H 8]
        %38 = contract(%27, %33) axes=[B G P K] : float32[B ?, G 3, P ?, K ?]
        %39 = rename(%38) from=G to=N : float32[B ?, N 3, P ?, K ?]
        input mask : float32[B ?, P ?, K ?]
        %41 = add(%39, mask) : float32[B ?, N 3, P ?, K ?]
        %42 = softmax(%41) over=K : float32[B ?, N 3, P ?, K ?]
        %43 = rename(%42) from=N to=G : float32[B ?, G 3, P ?, K ?]
        %44 = contract(%43, %37) axes=[B G P H] : float32[B ?, G 3, P ?, H 8]
        %45 = transpose(%44) axes=[B P G H] : float32[B ?, P ?, G 3, H 8]
        %46 = rename(%45) from=G to=N : float32[B ?, P ?, N 3, H 8]
        parameter attn.c_proj.weight : float32[N 3, H 8, D 24]
        %48 = contract(%46, attn.c_proj.weight) axes=[B P D] : float32[B ?, P ?, D 24]
        parameter attn.c_proj.bias : float32[D 24]
        %50 = add(%48, attn.c_proj.bias) : float32[B ?, P ?, D 24]
        %51 = add(residPre, %50) : float32[B ?, P ?, D 24]
        %52 = mean(%51) over=[D] : float32[B ?, P ?]
        %53 = subtract(%51, %52) : float32[B ?, P ?, D 24]
        %54 = power(%53) exponent=2 : float32[B ?, P ?, D 24]
        %55 = mean(%54) over=[D] : float32[B ?, P ?]
        %56 = constant [0.00001] : float32[]
        %57 = add(%55, 0.00001) : float32[B ?, P ?]
        %58 = sqrt(%57) : float32[B ?, P ?]
        %59 = divide(%53, %58) : float32[B ?, P ?, D 24]
        parameter ln_2.weight : float32[D 24]
        %61 = multiply(%59, ln_2.weight) : float32[B ?, P ?, D 24]
        parameter ln_2.bias : float32[D 24]
        %63 = add(%61, ln_2.bias) : float32[B ?, P ?, D 24]
        parameter mlp.c_fc.weight : float32[D 24, M 96]
        %65 = contract(%63, mlp.c_fc.weight) axes=[B P M] : float32[B ?, P ?, M 96]
        parameter mlp.c_fc.bias : float32[M 96]
        %67 = add(%65, mlp.c_fc.bias) : float32[B ?, P ?, M 96]
        %68 = power(%67) exponent=3 : float32[B ?, P ?, M 96]
        %69 = constant [0.044715] : float32[]
        %70 = multiply(%68, 0.044715) : float32[B ?, P ?, M 96]
        %71 = add(%67, %70) : float32[B ?, P ?, M 96]
        %72 = constant [0.7978845608028654] : float32[]
        %73 = multiply(%71, 0.7978845608028654) : float32[B ?, P ?, M 96]
        %74 = constant [0.5] : float32[]
        %75 = multiply(%67, 0.5) : float32[B ?, P ?, M 96]
        %76 = tanh(%73) : float32[B ?, P ?, M 96]
        %77 = constant [1] : float32[]
        %78 = add(%76, 1) : float32[B ?, P ?, M 96]
        %79 = multiply(%75, %78) : float32[B ?, P ?, M 96]
        parameter mlp.c_proj.weight : float32[M 96, D 24]
        %81 = contract(%79, mlp.c_proj.weight) axes=[B P D] : float32[B ?, P ?, D 24]
        parameter mlp.c_proj.bias : float32[D 24]
        %83 = add(%81, mlp.c_proj.bias) : float32[B ?, P ?, D 24]
        %84 = add(%51, %83) : float32[B ?, P ?, D 24]
      outputs
        keys <- %28
        values <- %29
        stream <- %84"
    `);
  });
});
