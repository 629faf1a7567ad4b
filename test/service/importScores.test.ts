/** The call that reads other tools' files: what is asked and answered crosses a socket whole. */
import { describe, expect, it } from 'vitest';
import { importScores } from '../../engine/exports/importScores.ts';
import { contract } from '../../engine/results/contract.ts';
import { decodeFrame, encodeFrame } from '../../engine/results/frames.ts';
import { connect, pair, serve } from '../../engine/results/index.ts';
import { validate } from '../../engine/results/validate.ts';

function client() {
  const carrier = pair();
  serve({ importScores: async (request) => importScores(request) }, carrier.server);
  return connect(carrier.client);
}

const file = (content: unknown) => ({ name: 'scores.json', data: new TextEncoder().encode(JSON.stringify(content)) });
const expected = { name: 'tiny', perLayer: [{ heads: 2, kvHeads: 1 }] };

describe('the call importScores', () => {
  it('gives tables, what the file does not know as NaN', async () => {
    const read = await client().importScores({ files: [file({ '0-1': [0.5, 1] })], expected });
    expect(read).toMatchObject({ format: 'wu', notes: [expect.stringMatching(/1 of 2 heads/), 'the mean of 2 runs'] });
    expect(read.tables[0]?.values).toEqual(Float32Array.of(NaN, 0.75));
    const crossed = decodeFrame(encodeFrame(read));
    expect(validate(contract.importScores.result, crossed, 'result')).toEqual(read);
  });

  it('takes the bytes of a file from a socket', () => {
    const request = { files: [file({ '0-0': [1] })], expected };
    const crossed = decodeFrame(encodeFrame(request));
    expect(validate(contract.importScores.request, crossed, 'request')).toEqual(request);
  });

  it('refuses in words', async () => {
    const refused = client().importScores({ files: [file({ '0-2': [1] })], expected });
    await expect(refused).rejects.toThrow(/scores\.json: head 0-2 is not in the model/);
    await expect(client().importScores({ files: [] })).rejects.toThrow(/files: wrong value/);
  });
});
