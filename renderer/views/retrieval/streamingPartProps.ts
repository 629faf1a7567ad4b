import type { ModelChoice } from '../../state/workspace.ts';

/** What each part of Streaming is about. */
export interface StreamingPartProps {
  readonly model: ModelChoice;
  /** Most tokens the model takes. */
  readonly context: number;
}
