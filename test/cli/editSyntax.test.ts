import { describe, expect, it } from 'vitest';
import { EditSyntaxFault, parseEdit } from '../../engine/service/editSyntax.ts';

const tensor = (file: string, name: string, row: number | null = null, position: number | null = null) => ({
  file,
  name,
  row,
  position,
});

describe('an edit as text', () => {
  it.each([
    ['L9H6.z=zero', { site: 'z', layers: [9], heads: [6], operation: { kind: 'zero' } }],
    ['L9H1,3-5.z=zero', { site: 'z', layers: [9], heads: [1, 3, 4, 5], operation: { kind: 'zero' } }],
    ['L0-2,7.mlpOut*=0.5', { site: 'mlpOut', layers: [0, 1, 2, 7], operation: { kind: 'scale', by: 0.5 } }],
    ['L*.mlpOut=scale(-1e-2)', { site: 'mlpOut', operation: { kind: 'scale', by: -0.01 } }],
    ['L*H*.pattern=mix(identity)', { site: 'pattern', operation: { kind: 'mix', towards: 'identity', share: 1 } }],
    [
      'L2H3.pattern=mix(uniform,0.5)',
      { site: 'pattern', layers: [2], heads: [3], operation: { kind: 'mix', towards: 'uniform', share: 0.5 } },
    ],
    [
      'L5.scores[q=-1,k=0]=mask',
      { site: 'scores', layers: [5], positions: [-1], keys: [0], operation: { kind: 'mask' } },
    ],
    [
      'L5.scores[q=1,3-4,k=-3--1,b=0,2]=mask',
      {
        site: 'scores',
        layers: [5],
        positions: [1, 3, 4],
        keys: [-3, -2, -1],
        rows: [0, 2],
        operation: { kind: 'mask' },
      },
    ],
    ['logits[p=-1]=zero', { site: 'logits', positions: [-1], operation: { kind: 'zero' } }],
    [
      'L3H1,2.scores[scope=decode]=stream(4,64)',
      {
        site: 'scores',
        layers: [3],
        heads: [1, 2],
        scope: 'decode',
        operation: { kind: 'stream', sinks: 4, recent: 64 },
      },
    ],
    [
      'L3.z[q=0,2,scope = prefill,b=1]=zero',
      { site: 'z', layers: [3], positions: [0, 2], rows: [1], scope: 'prefill', operation: { kind: 'zero' } },
    ],
    ['embed=zero', { site: 'embed', operation: { kind: 'zero' } }],
    [
      'L3.residPost+=0.5*steer.safetensors#name',
      {
        site: 'residPost',
        layers: [3],
        operation: { kind: 'add', times: 0.5, tensor: tensor('steer.safetensors', 'name') },
      },
    ],
    [
      'L3.residPost-=runs/2024-01.safetensors#residPost.3[b=0,p=-1]',
      {
        site: 'residPost',
        layers: [3],
        operation: { kind: 'add', times: -1, tensor: tensor('runs/2024-01.safetensors', 'residPost.3', 0, -1) },
      },
    ],
    [
      'L9H6.z=mean(a b.safetensors#z.9, pooled)',
      {
        site: 'z',
        layers: [9],
        heads: [6],
        operation: { kind: 'mean', pooled: true, tensor: tensor('a b.safetensors', 'z.9') },
      },
    ],
    [
      'L9.z=resample("odd#name)"#z.9[b=2])',
      { site: 'z', layers: [9], operation: { kind: 'resample', tensor: tensor('odd#name)', 'z.9', 2) } },
    ],
    ['L9.z = replace(F#z.9)', { site: 'z', layers: [9], operation: { kind: 'replace', tensor: tensor('F', 'z.9') } }],
  ])('%s', (text, edit) => {
    expect(parseEdit(text)).toEqual({ text, ...edit });
  });

  it.each([
    ['', 1, 'a site'],
    ['9H6.z=zero', 1, 'a site'],
    ['L.z=zero', 2, 'an index, or *'],
    ['L-1.z=zero', 2, 'an index, or *'],
    ['L9H.z=zero', 4, 'an index, or *'],
    ['L9z=zero', 3, '"." or "H"'],
    ['L9H6,.z=zero', 5, '"." after the heads'],
    ['L9H6.zed=zero', 6, 'a site (embed,'],
    ['L9H6.z', 7, '"=", "+=", "-=" or "*="'],
    ['L9H6.z=zap', 8, 'zero, mask, scale(number)'],
    ['L9H6.z=zero!', 12, 'the end of the edit'],
    ['L9H6.z=constructor', 8, 'zero, mask'],
    ['L5-3.z=zero', 2, 'from the lower to the higher'],
    ['L5.z[q=2--2]=zero', 8, 'from the lower to the higher'],
    ['L5.z[x=1]=zero', 6, 'q= or p='],
    ['L5.z[q=]=zero', 8, 'an index, negative from the end'],
    ['L5.z[b=-1]=zero', 8, 'an index, or *'],
    ['L5.z[q=1,p=2]=zero', 10, 'p= once'],
    ['L5.z[q=1=zero', 9, '"," or "]"'],
    ['L5.z=scale(much)', 12, 'a number'],
    ['L5.z=scale(2', 13, '")"'],
    ['L5.z[scope=later]=zero', 12, 'all, prefill or decode'],
    ['L5.z[scope=all,scope=all]=zero', 16, 'scope= once'],
    ['L5.scores=stream(4)', 19, '"," and how many recent keys'],
    ['L5.scores=stream(4,0)', 20, 'at least 1 recent key'],
    ['L5.scores=stream(-1,4)', 18, 'how many first keys'],
    ['L5.pattern=mix(round,1)', 16, 'uniform or identity'],
    ['L5.pattern=mix(uniform,2)', 24, 'a share from 0 to 1'],
    ['L5.z=mean()', 11, 'a tensor, FILE#name'],
    ['L5.z=mean(F#)', 13, 'the name of a tensor'],
    ['L5.z+=0.5', 7, 'a tensor, FILE#name'],
    ['L5.z+=F#n[q=1]', 11, 'b= (row) or p='],
    ['L5.logits=zero', 1, 'no layer'],
    ['z=zero', 1, 'a layer before z, such as L0.z'],
    ['L99999999999.z=zero', 2, 'an index, or *'],
    ['L0-999999999.z=zero', 2, 'a range'],
  ])('%j is refused at character %i', (text, character, expected) => {
    const fault = faultOf(text);
    expect(fault.message).toContain(`character ${character}: expected `);
    expect(fault.message).toContain(expected);
    expect(fault.offset).toBe(character - 1);
  });

  it('is read or refused, never anything else, however it is mangled', () => {
    const seeds = [
      'L9H1,3-5.z=zero',
      'L5.scores[q=-1,k=0]=mask',
      'L3.residPost+=0.5*F#n[b=0]',
      'L2.pattern=mix(uniform,0.5)',
      'L2.scores[scope=all]=stream(4,64)',
    ];
    const letters = 'L9H*.,-[]=+#()qkb"m\u0000\u{1f600} ';
    for (let i = 0; i < 2000; i++) {
      const seed = seeds[i % seeds.length] ?? '';
      const at = (i * 7919) % (seed.length + 1);
      const letter = [...letters][(i * 104729) % 20] ?? '';
      const text = seed.slice(0, at) + letter + seed.slice(at + (i % 3));
      expect(() => attempt(text)).not.toThrow();
    }
  });
});

function faultOf(text: string): EditSyntaxFault {
  try {
    parseEdit(text);
  } catch (error) {
    if (error instanceof EditSyntaxFault) return error;
    throw error;
  }
  throw new Error(`"${text}" was read`);
}

/** Lets nothing but the parser's own fault pass as a refusal. */
function attempt(text: string): void {
  try {
    parseEdit(text);
  } catch (error) {
    if (!(error instanceof EditSyntaxFault)) throw error;
  }
}
