/** Reads every weight once and lists what is wrong. */
import { usedTensors } from '../../arch/checkWeights.ts';
import { verifyTensors } from '../../files/verifyTensors.ts';
import type { ResultOf, Service } from '../../results/index.ts';
import type { Progress } from '../../results/records.ts';
import { describeModel } from '../../run/index.ts';
import { emitting } from './emitting.ts';

export function verifyCall(): Service['verify'] {
  return ({ model: path }, { signal }) =>
    emitting<Progress, ResultOf<'verify'>>(async (emit) => {
      const { files, family } = await describeModel(path);
      const tensors = usedTensors(family, files.tensors);
      const report = (done: number, total: number) => emit({ kind: 'progress', of: 'bytes', done, total });
      const faults = await verifyTensors({ tensors }, report, signal);
      return { tensors: tensors.size, problems: faults.map(({ message }) => message) };
    });
}
