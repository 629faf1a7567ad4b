/** Whether the steps of a plan fit into memory, known before anything is collected or started. */
import { Fault } from '../../engine/terms/fault.ts';
import { GradientStep } from './gradientStep.ts';
import type { Plan } from './lossGraph.ts';
import { PursuitStep } from './pursuitStep.ts';
import { ReluStep } from './reluStep.ts';
import { SelectionStep } from './selectionStep.ts';

/** Those with a memory of their own, which ends at 4 GiB; the quickest first, as training takes them. */
const kinds = [PursuitStep, ReluStep, SelectionStep, GradientStep] as const;

/** Throws Fault, with the name, where they do not. */
export function requirePlanRoom(plan: Plan, where: string): void {
  try {
    kinds.find((kind) => kind.takes(plan))?.requireRoom(plan);
  } catch (error) {
    throw error instanceof Fault ? new Fault({ ...error.parts, where }) : error;
  }
}
