import { describe, expect, it } from 'vitest';
import type { EventOf, ResultOf } from '../../../engine/results/index.ts';
import { Fault } from '../../../engine/terms/fault.ts';
import { createStreamFold } from '../../../renderer/api/streamFold.ts';
import { connectTo, createFrames, settle } from './fakeWorkbench.ts';
import { Feed } from './feed.ts';

type Token = EventOf<'generate'>;

const token = (id: number): Token => ({ kind: 'token', id, text: `${id}`, logProbability: -1 });
const result: ResultOf<'generate'> = { promptTokens: 1, ids: [1], text: '1', stopped: 'end', seconds: 1 };
const request = (text: string) => ({ model: '/m', prompt: { text }, max: 5, temperature: 0, seed: 0 });

function build() {
  const feeds: Feed<Token, ResultOf<'generate'>>[] = [];
  const signals: AbortSignal[] = [];
  const frames = createFrames();
  const { client } = connectTo({
    generate: (_, { signal }) => {
      const feed = new Feed<Token, ResultOf<'generate'>>();
      feeds.push(feed);
      signals.push(signal);
      return feed.stream(signal);
    },
  });
  const ids = (value: readonly number[], event: Token) => [...value, event.id];
  const fold = createStreamFold(client, 'generate', ids, [] as readonly number[], frames.schedule);
  return { fold, feeds, signals, frames, view: () => fold.store.getState() };
}

describe('a streaming call folded into a value', () => {
  it('publishes once a frame, and at once when it is done', async () => {
    const { fold, feeds, frames, view } = build();
    let heard = 0;
    fold.ask(request('a'));
    expect(view()).toMatchObject({ status: 'loading', stale: false });
    await settle();
    fold.store.subscribe(() => (heard += 1));
    feeds[0]?.send(token(1), token(2));
    await settle();
    expect(heard).toBe(0);
    frames.draw();
    expect(view()).toMatchObject({ status: 'partial', value: [1, 2] });
    expect(heard).toBe(1);
    feeds[0]?.send(token(3));
    feeds[0]?.end(result);
    await settle();
    expect(view()).toMatchObject({ status: 'done', value: [1, 2, 3], result: { text: '1' } });
  });

  it('keeps the value of the request before, marked stale, and cancels that request', async () => {
    const { fold, feeds, signals, frames, view } = build();
    fold.ask(request('a'));
    await settle();
    feeds[0]?.send(token(1));
    await settle();
    frames.draw();
    fold.ask(request('b'));
    expect(view()).toMatchObject({ status: 'loading', value: [1], stale: true });
    await settle();
    expect(signals[0]?.aborted).toBe(true);
    feeds[0]?.send(token(99));
    feeds[1]?.send(token(7));
    await settle();
    frames.draw();
    expect(view()).toMatchObject({ status: 'partial', value: [7], stale: false });
  });

  it('keeps what came when it is cancelled', async () => {
    const { fold, feeds, view } = build();
    fold.ask(request('a'));
    await settle();
    feeds[0]?.send(token(1));
    await settle();
    fold.cancel();
    await settle();
    expect(view()).toMatchObject({ status: 'cancelled', value: [1], error: null });
  });

  it('says the error as the service threw it', async () => {
    const { client } = connectTo({
      generate: () => {
        throw new Fault({ what: 'the prompt is empty' });
      },
    });
    const fold = createStreamFold(client, 'generate', (value: null) => value, null, createFrames().schedule);
    fold.ask(request(''));
    await settle();
    const { status, error } = fold.store.getState();
    expect(status).toBe('error');
    expect(error).toBeInstanceOf(Fault);
  });

  it('goes back to the beginning when nothing is asked', async () => {
    const { fold, feeds, frames, view } = build();
    fold.ask(request('a'));
    await settle();
    feeds[0]?.send(token(1));
    await settle();
    frames.draw();
    fold.ask(null);
    expect(view()).toMatchObject({ status: 'idle', value: [] });
  });
});
