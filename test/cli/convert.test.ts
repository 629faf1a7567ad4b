/** `headscope convert`: files of other tools looked at, checked against a model, written in other forms. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { headscope, planted, temporaryFolder } from './headscope.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const put = (name: string, content: unknown) => {
  writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content));
  return at(name);
};
/** Two layers of four heads, as the planted model has. */
const scores = Object.fromEntries(
  [0, 1].flatMap((layer) => [0, 1, 2, 3].map((head) => [`${layer}-${head}`, [layer, head / 4]])),
);

describe('headscope convert', () => {
  it('says what is in a file', async () => {
    const { code, out, err } = await headscope(['convert', put('wu.json', scores)]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Retrieval_Head, HeadKV, SparseMM/);
    expect(out).toMatch(/score +behaviour +2 layers of 4 heads +8 of 8 +0 +0\.875 +Retrieval score/);
    expect(out).toMatch(/note: the mean of 2 runs/);
  });

  it('checks it against a model', async () => {
    const fits = await headscope(['convert', at('wu.json'), '--model', planted]);
    expect([fits.code, fits.err]).toEqual([0, expect.stringMatching(/only its shape could be checked/)]);
    const wrong = await headscope(['convert', put('one.json', { '1-1': [1], '2-4': [1] }), '--model', planted]);
    expect([wrong.code, wrong.err]).toEqual([
      2,
      expect.stringMatching(/one\.json: head 2-4 is not in the model.*count from 1/),
    ]);
    const moved = await headscope(['convert', at('one.json'), '--model', planted, '--counts-from', '1']);
    expect([moved.code, moved.out]).toEqual([
      0,
      expect.stringMatching(/score +behaviour +2 layers of 4 heads +2 of 8/),
    ]);
  });

  it('writes it in another form, never over a file, and says what that form can not', async () => {
    const out = at('heads.json');
    const ran = await headscope(['convert', at('wu.json'), '--to', 'hf-heads', '--remove', '3', '--out', out]);
    expect([ran.code, ran.out]).toEqual([0, `${out}\n`]);
    expect(ran.err).toMatch(/note: chosen by score \(behaviour\), which says nothing of what their removal costs/);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({ 0: [0, 1, 2] });
    const again = await headscope(['convert', at('wu.json'), '--to', 'wu', '--out', out]);
    expect([again.code, again.err]).toEqual([2, expect.stringMatching(/the file exists already/)]);
  });

  it('reads and writes folders', async () => {
    const out = await headscope(['convert', at('wu.json'), '--to', 'head-vis', '--out', at('vis')]);
    expect(out.code).toBe(0);
    expect(readdirSync(at('vis')).toSorted()).toEqual([
      'attributions',
      'config.json',
      'heads',
      'scatter_data.json',
      'server_config.json',
    ]);
    expect(readdirSync(join(at('vis'), 'heads'))).toHaveLength(8);
    const back = await headscope(['convert', at('vis')]);
    expect([back.code, back.out]).toEqual([0, expect.stringMatching(/^HeadVis folder/)]);
    mkdirSync(at('duo'));
    put('duo/full_attention_heads.tsv', '1\t0\n0.5\t0\n');
    put('duo/config.json', { sink_size: 16, recent_size: 64 });
    const duo = await headscope(['convert', at('duo'), '--to', 'razor', '--remove', '2', '--out', at('keep.json')]);
    expect(duo.code).toBe(0);
    expect(JSON.parse(readFileSync(at('keep.json'), 'utf8'))).toEqual({ 0: [0], 1: [0] });
  });

  it('takes a bare map when it is told what it means', async () => {
    const map = put('map.json', { 0: [1] });
    const asked = await headscope(['convert', map, '--model', planted]);
    expect([asked.code, asked.err]).toEqual([2, expect.stringMatching(/two opposite meanings/)]);
    const told = await headscope(['convert', map, '--from', 'hf-heads', '--model', planted]);
    expect([told.code, told.out]).toEqual([
      0,
      expect.stringMatching(/kept +selection +2 layers of 4 heads +8 of 8 +0 +1/),
    ]);
  });

  it.each([
    [[], /one file or folder is needed/],
    [['missing.json'], /missing\.json: cannot be read/],
    [[folder], /a folder without a file about heads/],
    [[at('wu.json'), '--to', 'wu'], /--to and --out go together/],
    [[at('wu.json'), '--to', 'moa', '--out', at('x')], /no format that is written/],
    [[at('wu.json'), '--to', 'hf-heads', '--out', at('x')], /nothing says which stay/],
    [[at('wu.json'), '--to', 'wu', '--metric', 'y', '--out', at('x')], /no numbers of this id: expected score, got y/],
    [
      [at('wu.json'), '--to', 'hf-heads', '--remove', '-1', '--out', at('x')],
      /--remove: expected an integer of at least 0/,
    ],
    [[at('wu.json'), '--from', 'razor'], /no layer: expected its number, got 0-0/],
  ])('says in one line what is wrong: %j', async (argv, message) => {
    const { code, err } = await headscope(['convert', ...argv]);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync(at('x'))).toBe(false);
  });
});
