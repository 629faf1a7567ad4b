/** What rankings are held against: the model's own planted circuit, published circuits of it, the nodes of largest exact effect. */
import { readFile } from 'node:fs/promises';
import type { Reference } from '../../circuits/evaluation/graded.ts';
import { canGrade } from '../../circuits/evaluation/graded.ts';
import { exactTop } from '../../circuits/references/exactTop.ts';
import { plantedCircuit } from '../../circuits/references/plantedCircuit.ts';
import { publishedCircuit } from '../../circuits/references/publishedCircuit.ts';
import { readCircuit } from '../../exports/circuit.ts';
import { besideModel } from '../../files/besideModel.ts';
import { readElement } from '../../files/readElement.ts';
import type { Circuit } from '../../results/circuit.ts';
import type { RequestOf } from '../../results/index.ts';
import type { Model } from '../../run/index.ts';
import { references as published } from '../../tasks/references/index.ts';
import type { GradedModel } from '../../tasks/references/referenceFor.ts';
import { referenceFor } from '../../tasks/references/referenceFor.ts';
import { Fault } from '../../terms/fault.ts';
import type { NodeId } from '../../terms/nodes.ts';
import { tokenizerOf } from './prompts.ts';

type Asked = NonNullable<RequestOf<'circuit'>['references']>[number];

export interface ReferenceRequest {
  readonly model: Model;
  readonly nodes: readonly NodeId[];
  /** Task, or name of the prompt file. */
  readonly dataset: string;
  readonly seed: number;
  /** Exact resample effect of every node. */
  effects(): Promise<readonly number[]>;
}

/** Shares of nodes where none are named. */
const usualShares = [0.05, 0.1, 0.2] as const;

/** All that are to be had: what the model's folder and the list of published circuits give, and, where prompts allow, exact effects. */
export async function usualReferences(request: ReferenceRequest, hasCounterfactuals: boolean): Promise<Reference[]> {
  const planted = await plantedOf(request);
  const found: Reference[] = planted === null ? [] : [planted];
  for (const one of published.filter(({ circuit }) => isOfTask(circuit, request.dataset))) {
    const fitting = await publishedOf(request, one.id).catch((error: unknown) => {
      if (error instanceof Fault) return null;
      throw error;
    });
    if (fitting !== null) found.push(fitting);
  }
  if (hasCounterfactuals) for (const share of usualShares) found.push(await exactOf(request, share));
  return found.filter((reference) => canGrade(request.nodes, reference));
}

/** Those that are asked for. Throws Fault where one is not to be had, or where every node or none is in it. */
export async function askedReferences(request: ReferenceRequest, asked: readonly Asked[]): Promise<Reference[]> {
  const found: Reference[] = [];
  for (const one of asked) found.push(await referenceOf(request, one));
  const bad = found.find((reference) => !canGrade(request.nodes, reference));
  if (bad === undefined) return found;
  const got = `${bad.items.flat().length} of ${request.nodes.length}`;
  throw new Fault({ what: 'a reference that tells no nodes apart', where: bad.title, expected: 'some nodes', got });
}

async function referenceOf(request: ReferenceRequest, asked: Asked): Promise<Reference> {
  switch (asked.kind) {
    case 'planted': {
      const planted = await plantedOf(request);
      if (planted !== null) return planted;
      const where = request.model.files.path;
      throw new Fault({
        what: `no planted circuit of ${request.dataset} beside the model`,
        where,
        expected: 'circuit.json',
      });
    }
    case 'published':
      return publishedOf(request, asked.id);
    case 'exact':
      return exactOf(request, asked.share);
  }
}

/** Throws Fault where the model is not the one that the circuit belongs to. */
async function publishedOf({ model, nodes }: ReferenceRequest, id: string): Promise<Reference> {
  const reference = published.find((one) => one.id === id);
  if (reference === undefined) {
    throw new Fault({
      what: 'no such published circuit',
      expected: published.map((one) => one.id).join(', '),
      got: id,
    });
  }
  const { circuit, notes } = await referenceFor(gradedModel(model), reference);
  return publishedCircuit({ ...reference, circuit }, nodes, notes);
}

function gradedModel(model: Model): GradedModel {
  return {
    name: model.files.name,
    architecture: model.architecture.id,
    shape: model.family.shape,
    tokenizerSize: tokenizerOf(model)?.vocabularySize ?? null,
    weight: (tensor, index) => readElement(model.files.tensors, tensor, index),
  };
}

async function exactOf({ nodes, seed, effects }: ReferenceRequest, share: number): Promise<Reference> {
  return exactTop(nodes, await effects(), share, seed);
}

const circuitName = /^circuit(\.[\w-]+)?\.json$/;

/** The circuit of this task in the model's folder, if it is of a model of this shape. */
async function plantedOf({ model, nodes, dataset }: ReferenceRequest): Promise<Reference | null> {
  const folder = await besideModel(model.files.path);
  for (const name of folder.names.filter((one) => circuitName.test(one))) {
    const file = await folder.find(name);
    if (file === null) continue;
    const circuit = readCircuit(await readFile(file, 'utf8'), file);
    if (isOfTask(circuit, dataset) && isOfShape(circuit, model)) return plantedCircuit(circuit, nodes);
  }
  return null;
}

function isOfTask({ task }: Circuit, dataset: string): boolean {
  return task !== null && ('name' in task ? task.name : task.prompts) === dataset;
}

function isOfShape({ model: { shape } }: Circuit, { family }: Model): boolean {
  return JSON.stringify(shape) === JSON.stringify(family.shape);
}
