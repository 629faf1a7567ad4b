/** NOT BUILT YET. */
import { Panel } from '../../parts/panel.tsx';

export function DictionariesPlace() {
  return <Panel title="SAEs">Not built yet.</Panel>;
}
