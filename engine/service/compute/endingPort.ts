/** A port whose end is told to one more listener than its own. */
import type { Ending, Port } from '../../results/protocol.ts';

export function endingPort<Out, In>(port: Port<Out, In>, onEnded: (ending: Ending) => void): Port<Out, In> {
  return {
    ...port,
    send: (message) => port.send(message),
    close: () => port.close(),
    listen: (listener, ended) =>
      port.listen(listener, (ending) => {
        ended(ending);
        onEnded(ending);
      }),
  };
}
