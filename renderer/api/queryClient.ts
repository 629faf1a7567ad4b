/** The cache of answers, with defaults for an engine on this machine. */
import { QueryClient } from '@tanstack/react-query';

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The engine is here whether or not the network is.
        networkMode: 'always',
        // The same request has the same answer or the same error; a lost connection is waited for by the client itself.
        retry: false,
        // Answers change when the engine says so (a `watch` event), not with time or focus.
        staleTime: Infinity,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        gcTime: 10 * 60_000,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}
