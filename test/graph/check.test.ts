import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import { checkGraph } from '../../engine/graph/check.ts';
import type { Definition, Graph, Operation } from '../../engine/graph/graph.ts';
import { shapeOf } from '../../engine/graph/table.ts';
import type { ValueType } from '../../engine/graph/value.ts';

function example(): Graph {
  const g = new GraphBuilder('example', { D: 4 });
  g.output('out', g.add(g.input('x', 'B D'), g.constant([1, 2, 3, 4], 'D')));
  return g.build();
}

function changed(change: (definitions: readonly Definition[]) => readonly Definition[]): Graph {
  const graph = example();
  return { ...graph, definitions: change(graph.definitions) };
}

describe('checkGraph', () => {
  it('passes what the builder makes', () => {
    expect(() => checkGraph(example())).not.toThrow();
  });

  it('names an operation whose input comes later', () => {
    const graph = changed(([x, c, add]) => [
      x as Definition,
      c as Definition,
      { ...(add as Operation), inputs: [0, 2] } as Operation,
    ]);
    expect(() => checkGraph(graph)).toThrow('graph example, definition 2: expected inputs that come earlier, got 2');
  });

  it('names a type that is not what the table says', () => {
    const wrong: ValueType = { dtype: 'float32', axes: [{ axis: 'D', size: 4 }] };
    const graph = changed(([x, c, add]) => [
      x as Definition,
      c as Definition,
      { ...(add as Operation), type: wrong } as Operation,
    ]);
    expect(() => checkGraph(graph)).toThrow('add: expected float32[B ?, D 4], got float32[D 4]');
  });

  it('names a constant with too few numbers, a name that is used twice, and an output of nothing', () => {
    expect(() =>
      checkGraph(changed(([x, c, add]) => [x as Definition, { ...c, data: [1] } as Definition, add as Definition])),
    ).toThrow('expected float32[D 4], got 1 values');
    expect(() => checkGraph(changed(([x, , add]) => [x as Definition, x as Definition, add as Definition]))).toThrow(
      'expected unique names, got x twice',
    );
    expect(() => checkGraph(changed(([x]) => [x as Definition]))).toThrow(
      'output out: expected a definition of float32[B ?, D 4], got none',
    );
  });
});

describe('a shape rule', () => {
  const type = (axes: Record<string, number | 'dynamic'>, dtype: ValueType['dtype'] = 'float32'): ValueType => ({
    dtype,
    axes: Object.entries(axes).map(([axis, size]) => ({ axis, size })) as ValueType['axes'],
  });

  it('prints all operand types where they do not fit', () => {
    expect(() => shapeOf('add', {}, [type({ B: 'dynamic', D: 4 }), type({ D: 5 })])).toThrow(
      'add: expected sizes of D to be equal, 1 or dynamic, got float32[B ?, D 4] and float32[D 5]',
    );
  });

  it.each([
    [
      'contract',
      () => shapeOf('contract', { axes: ['B'] }, [type({ B: 2, D: 4 }), type({ M: 3 })]),
      'axis D, which the result B lacks, in both operands',
    ],
    [
      'contract',
      () => shapeOf('contract', { axes: ['B', 'V'] }, [type({ B: 2 }), type({ B: 2 })]),
      'an operand with axis V',
    ],
    [
      'gather',
      () => shapeOf('gather', { axis: 'V' }, [type({ D: 4, V: 5 }), type({ B: 2 }, 'int64')]),
      'a table whose first axis is V',
    ],
    [
      'gather',
      () => shapeOf('gather', { axis: 'V' }, [type({ V: 5 }), type({ B: 2 })]),
      'a float32 table and int64 ids',
    ],
    [
      'split',
      () =>
        shapeOf(
          'split',
          {
            axis: 'D',
            into: [
              { axis: 'N', size: 3 },
              { axis: 'H', size: 4 },
            ],
          },
          [type({ D: 13 })],
        ),
      'axis D to split into N 3, H 4',
    ],
    [
      'merge',
      () => shapeOf('merge', { axes: ['B', 'D'], into: 'M' }, [type({ B: 2, P: 3, D: 4 })]),
      'one operand with axes B D side by side',
    ],
    ['rename', () => shapeOf('rename', { from: 'B', to: 'D' }, [type({ B: 2, D: 4 })]), 'an operand without axis D'],
    ['slice', () => shapeOf('slice', { axis: 'D', from: 2, to: 5 }, [type({ D: 4 })]), 'axis D to hold indices [2, 5)'],
    [
      'concat',
      () => shapeOf('concat', { axis: 'K' }, [type({ B: 2, K: 3 }), type({ B: 3, K: 3 })]),
      'operands with the same axes and dtype, joined along K',
    ],
    ['squeeze', () => shapeOf('squeeze', { axis: 'D' }, [type({ D: 4 })]), 'axis D of size 1'],
    ['softmax', () => shapeOf('softmax', { over: 'K' }, [type({ D: 4 })]), 'one float32 operand with axis K'],
    ['mean', () => shapeOf('mean', { over: ['K'] }, [type({ D: 4 })]), 'axes K'],
    [
      'pick',
      () => shapeOf('pick', { axis: 'V' }, [type({ B: 2, V: 3 }), type({ P: 2 }, 'int64')]),
      'an operand with axis V, and ids over its other axes',
    ],
    [
      'rotary',
      () =>
        shapeOf('rotary', { interleaved: false }, [type({ P: 2, H: 4 }), type({ P: 2, J: 3 }), type({ P: 2, J: 3 })]),
      '2 J no more than H',
    ],
    [
      'where',
      () => shapeOf('where', {}, [type({ P: 2 }), type({}), type({})]),
      'a bool condition and two float32 operands',
    ],
    [
      'broadcastLike',
      () => shapeOf('broadcastLike', {}, [type({ P: 2 }), type({ P: 3 })]),
      'a first operand that stretches to the second',
    ],
    [
      'reduceLike',
      () => shapeOf('reduceLike', {}, [type({ P: 2 }), type({ B: 3 })]),
      'a second operand whose axes the first has',
    ],
  ])('of %s refuses operands that do not fit (%#)', (name, rule, expected) => {
    expect(rule).toThrow(RangeError);
    expect(rule).toThrow(`${name}: expected`);
    expect(rule).toThrow(expected);
  });
});
