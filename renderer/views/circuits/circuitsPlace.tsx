/** NOT BUILT YET. */
import { Panel } from '../../parts/panel.tsx';

export function CircuitsPlace() {
  return <Panel title="Circuits">Not built yet.</Panel>;
}
