/** Reads every weight once and lists what is wrong. */
import { verifyTensors } from '../../files/verifyTensors.ts';
import type { ResultOf, Service } from '../../results/index.ts';
import type { Progress } from '../../results/records.ts';
import { describeModel } from '../../run/index.ts';
import { emitting } from './emitting.ts';

export function verifyCall(): Service['verify'] {
  return ({ model: path }, { signal }) =>
    emitting<Progress, ResultOf<'verify'>>(async (emit) => {
      const { files } = await describeModel(path);
      const report = (done: number, total: number) => emit({ kind: 'progress', of: 'bytes', done, total });
      const faults = await verifyTensors(files, report, signal);
      return { tensors: files.tensors.size, problems: faults.map(({ message }) => message) };
    });
}
