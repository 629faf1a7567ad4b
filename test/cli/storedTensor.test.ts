import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../engine/files/writeSafetensors.ts';
import { readEdits } from '../../engine/service/storedTensor.ts';
import { temporaryFolder } from './headscope.ts';

const file = join(temporaryFolder(), 'stored.safetensors');
const axes = JSON.stringify({ 'z.0': 'B P N H', 'short.0': 'B P D' });

// Two rows of two positions, one head of width 2; in `short` the second row has one token and then padding.
await writeSafetensors(
  file,
  [
    { name: 'z.0', shape: [2, 2, 1, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
    { name: 'steer', shape: [2], data: Float32Array.of(10, 20) },
  ],
  { site_axes: axes },
);
const uneven = join(temporaryFolder(), 'uneven.safetensors');
await writeSafetensors(
  uneven,
  [
    { name: 'short.0', shape: [2, 2, 1], data: Float32Array.of(1, 3, 8, 0) },
    { name: 'lengths', shape: [2], data: BigInt64Array.of(2n, 1n) },
  ],
  { site_axes: axes },
);

async function valueOf(edit: string) {
  const [read] = await readEdits([edit]);
  const operation = read?.operation;
  if (operation === undefined || !('value' in operation)) throw new Error('expected an edit with a value');
  const { axes: letters, shape, data } = operation.value;
  return { axes: letters, shape, data: [...data] };
}

describe('a stored tensor in an edit', () => {
  it('keeps the axes that it was captured with', async () => {
    expect(await valueOf(`L0.z=replace(${file}#z.0)`)).toEqual({
      axes: 'B P N H',
      shape: [2, 2, 1, 2],
      data: [1, 2, 3, 4, 5, 6, 7, 8],
    });
  });

  it('takes the last axes of the site where the file says none', async () => {
    expect(await valueOf(`L0.residPost+=0.5*${file}#steer`)).toEqual({ axes: 'D', shape: [2], data: [10, 20] });
    expect(await valueOf(`L0.z+=${file}#steer`)).toMatchObject({ axes: 'H' });
  });

  it('is cut to one row and one position', async () => {
    expect(await valueOf(`L0.z=resample(${file}#z.0[b=1])`)).toEqual({
      axes: 'B P N H',
      shape: [1, 2, 1, 2],
      data: [5, 6, 7, 8],
    });
    expect(await valueOf(`L0.z=resample(${file}#z.0[p=-1])`)).toEqual({
      axes: 'B P N H',
      shape: [2, 1, 1, 2],
      data: [3, 4, 7, 8],
    });
    expect(await valueOf(`L0.z=resample(${file}#z.0[b=0,p=1])`)).toMatchObject({ data: [3, 4] });
  });

  it('is averaged over rows, or over rows and positions', async () => {
    expect(await valueOf(`L0.z=mean(${file}#z.0)`)).toEqual({
      axes: 'B P N H',
      shape: [1, 2, 1, 2],
      data: [3, 4, 5, 6],
    });
    expect(await valueOf(`L0.z=mean(${file}#z.0,pooled)`)).toEqual({
      axes: 'B P N H',
      shape: [1, 1, 1, 2],
      data: [4, 5],
    });
  });

  it('is averaged without its padding', async () => {
    expect(await valueOf(`L0.residPre=mean(${uneven}#short.0,pooled)`)).toMatchObject({ shape: [1, 1, 1], data: [4] });
    await expect(readEdits([`L0.residPre=mean(${uneven}#short.0)`])).rejects.toThrow(
      /rows of unequal length: expected .*pooled/,
    );
  });

  it('counts negative positions from the end of the row, not of the padding', async () => {
    expect(await valueOf(`L0.residPre=replace(${uneven}#short.0[b=1,p=-1])`)).toMatchObject({ data: [8] });
    await expect(readEdits([`L0.residPre=replace(${uneven}#short.0[p=-1])`])).rejects.toThrow(
      /p=-1 of rows of unequal length/,
    );
  });

  it.each([
    ['a row that is not there', `L0.z=replace(${file}#z.0[b=2])`, /index 2 of axis B: expected 0 to 1/],
    ['a position that is not there', `L0.z=replace(${file}#z.0[p=-3])`, /index -1 of axis P: expected 0 to 1/],
    ['a row of a tensor without rows', `L0.z+=${file}#steer[b=0]`, /index 0 of axis B: expected a tensor with axis B/],
    ['a mean of a tensor without rows', `L0.z=mean(${file}#steer)`, /a mean is taken over axes B and P: .*got H/],
    ['a tensor with too many axes', `L0.residPre=replace(${file}#z.0x)`, /no tensor "z\.0x"/],
  ])('refuses %s', async (_, edit, message) => {
    await expect(readEdits([edit])).rejects.toThrow(message);
  });
});
