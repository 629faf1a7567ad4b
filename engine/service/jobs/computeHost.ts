/** The compute process as the job queue sees it. */
import type { Client, ComputeCall } from '../../results/index.ts';
import type { Resident } from '../../results/workbench.ts';

export interface ComputeHost {
  /** A client of the living compute process; the calls of one that was replaced reject with Defect. */
  readonly client: Pick<Client, ComputeCall>;
  /**
   * Called when the compute process was replaced (crash or wedge), with the reason; `client` is the new one by then. The
   * calls of the old one may have been rejected before or be so after. Returns what ends the listening.
   */
  onReplaced(listener: (reason: string) => void): () => void;
  /** The one model in memory. */
  resident(): Resident | null;
  /** Called when another model, or none, became the resident one. Returns what ends the listening. */
  onResident(listener: () => void): () => void;
}
