import { describe, expect, it } from 'vitest';
import { headName, parseHead } from '../../../renderer/state/headNames.ts';

describe('names of heads', () => {
  it.each([
    '9.6',
    '9-6',
    'L9H6',
    'l9h6',
    'L9 H6',
    'a9.h6',
    'a9.h6<q>',
    'L9.6',
    ' 9.6 ',
    'blocks.9.attn.hook_z[6]',
    'blocks.9.attn.hook_z[:, :, 6]',
    'blocks.9.hook_z[6]',
  ])('are read: %s', (text) => {
    expect(parseHead(text)).toEqual({ layer: 9, head: 6 });
  });

  it.each(['', '9', '9.', 'L9', 'H6', 'L9H6x', '1.2.3', '-1.2', 'm9', 'blocks.9.mlp', '99999.1'])(
    'are told from other text: %s',
    (text) => {
      expect(parseHead(text)).toBeNull();
    },
  );

  it('are written in one form', () => {
    expect(headName({ layer: 10, head: 0 })).toBe('L10H0');
  });
});
