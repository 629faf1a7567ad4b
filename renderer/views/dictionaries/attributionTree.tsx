/** An activation split into features of earlier dictionaries, those into features before them: each level adds up. */
import type { ReactElement, ReactNode } from 'react';
import { useState } from 'react';
import { formatFixed, formatNumber } from '../../marks/format.ts';
import { tokenLabel } from '../../marks/tokens/displayToken.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { featureName } from './promptCodes.ts';
import { ShareBar } from './shareBar.tsx';
import type { SplitFeature, StepSplit } from './stepTree.ts';
import { featureCount, hasSmaller, largestPart, sumTerms } from './stepTree.ts';

export interface AttributionTreeProps {
  readonly tree: StepSplit;
  readonly tokens: readonly string[];
  /** Share of the pre-activation below which features stand together. */
  readonly least: number;
  /** What a dictionary is called here, by its folder. */
  readonly nameOf: (dictionary: string) => string;
  readonly labelOf: (dictionary: string, feature: number) => string | null;
  readonly onOpen: (dictionary: string, feature: number) => void;
}

/** What every row needs. */
interface Look extends Omit<AttributionTreeProps, 'tree'> {
  /** Sizes of the pre-activation, and of the largest part: that of the longest bar. */
  readonly whole: number;
  readonly most: number;
  readonly isOpen: (row: string, split: StepSplit) => boolean;
  readonly toggle: (row: string, split: StepSplit) => void;
}

/** Features up to which all levels are open at first. */
const MOST_OPEN = 60;
/** Features of a level that are listed at first. */
const MOST_ROWS = 20;

export function AttributionTree({ tree, ...rest }: AttributionTreeProps): ReactElement {
  const { isOpen, toggle, all } = useFolds(featureCount(tree) <= MOST_OPEN);
  const look: Look = { ...rest, whole: Math.abs(tree.value), most: largestPart(tree) || 1, isOpen, toggle };
  const canFold = tree.features.some(({ split }) => split !== null);
  return (
    <div className="dict-steps" role="group" aria-label="Steps back through earlier dictionaries">
      <div className="dict-step dict-step-head">
        <span className="dict-step-what">
          feature and token
          {canFold && (
            <span>
              <Button look="plain" onClick={() => all(true)}>
                Unfold all
              </Button>
              <Button look="plain" onClick={() => all(false)}>
                Fold all
              </Button>
            </span>
          )}
        </span>
        <span className="dict-step-scale">
          <span>{formatFixed(-look.most, 2)}</span>
          <span>{formatFixed(look.most, 2)}</span>
        </span>
        <span title="Of the size of the pre-activation that is split: negative where it takes away.">share</span>
        <span title="In units of the pre-activation that is split, at every level.">value</span>
      </div>
      <Level split={tree} row="" look={look} />
    </div>
  );
}

/** Rows that the user opened or closed; of the others those are open that list features, where there are few enough. */
function useFolds(opens: boolean) {
  const [folds, setFolds] = useState<{ readonly all: boolean | null; readonly rows: ReadonlyMap<string, boolean> }>({
    ...{ all: null, rows: new Map() },
  });
  const isOpen = (row: string, { features }: StepSplit) =>
    folds.rows.get(row) ?? folds.all ?? (opens && features.length > 0);
  return {
    isOpen,
    toggle: (row: string, split: StepSplit) =>
      setFolds({ ...folds, rows: new Map(folds.rows).set(row, !isOpen(row, split)) }),
    all: (open: boolean) => setFolds({ all: open, rows: new Map() }),
  };
}

interface LevelProps {
  readonly split: StepSplit;
  /** The row above it, as the places in the lists that lead to it: `0/3`. */
  readonly row: string;
  readonly look: Look;
}

function Level({ split, row, look }: LevelProps): ReactElement {
  const { features, smaller, bias, rest } = split;
  const [listsAll, setListsAll] = useState(false);
  const isWhole = listsAll || features.length <= MOST_ROWS + 1;
  const listed = isWhole ? features : features.slice(0, MOST_ROWS);
  const others = features.slice(listed.length);
  return (
    <ul className="dict-level">
      {listed.map((feature, i) => (
        <FeatureRow key={i} feature={feature} row={`${row}/${i}`} look={look} />
      ))}
      {others.length > 0 && (
        <PartRow value={others.reduce((sum, { value }) => sum + value, 0)} look={look} title="They give less each.">
          <button type="button" className="dict-step-link" onClick={() => setListsAll(true)}>
            {`${others.length} more features`}
          </button>
        </PartRow>
      )}
      {hasSmaller(split) && (
        <PartRow
          value={smaller}
          look={look}
          title={`Features that give less than ${percent(look.least)} each, and those beyond the 200 largest, together.`}
        >
          smaller features
        </PartRow>
      )}
      <PartRow value={bias} look={look} title="Biases of the dictionary and of the model: no token’s and no feature’s.">
        biases
      </PartRow>
      <PartRow
        value={rest}
        look={look}
        title="Other writes, what the dictionaries leave unexplained, less what several of them explain at once."
      >
        no feature
      </PartRow>
      <li className="dict-sum dict-step-sum">
        <SumLine split={split} />
      </li>
    </ul>
  );
}

interface FeatureRowProps {
  readonly feature: SplitFeature;
  readonly row: string;
  readonly look: Look;
}

function FeatureRow({ feature: { split, ...one }, row, look }: FeatureRowProps): ReactElement {
  const { dictionary, feature, position, value } = one;
  const isOpen = split !== null && look.isOpen(row, split);
  const [name, label] = [look.nameOf(dictionary), look.labelOf(dictionary, feature)];
  return (
    <li>
      <div className="dict-step">
        <span className="dict-step-what">
          <Fold
            name={`${name} #${feature}`}
            isOpen={isOpen}
            onToggle={split === null ? null : () => look.toggle(row, split)}
          />
          <code className="dict-step-place">{name}</code>
          <button
            type="button"
            className="dict-step-link"
            title={`${featureName(feature, label)}: opens its card`}
            onClick={() => look.onOpen(dictionary, feature)}
          >
            <code>{`#${feature}`}</code>
            {label !== null && <span>{label}</span>}
          </button>
          <code className="dict-step-token">{`${position} ${tokenLabel({ text: look.tokens[position] ?? '' })}`}</code>
        </span>
        <Amount value={value} look={look} />
      </div>
      {isOpen && <Level split={split} row={row} look={look} />}
    </li>
  );
}

interface FoldProps {
  readonly name: string;
  readonly isOpen: boolean;
  /** Null where nothing is below it. */
  readonly onToggle: (() => void) | null;
}

function Fold({ name, isOpen, onToggle }: FoldProps): ReactElement {
  if (onToggle === null) return <span className="dict-fold" />;
  return (
    <IconButton
      className="dict-fold"
      icon={isOpen ? 'down' : 'right'}
      label={`What ${name} is split into`}
      aria-expanded={isOpen}
      onClick={onToggle}
    />
  );
}

interface PartRowProps {
  readonly value: number;
  readonly look: Look;
  readonly title: string;
  readonly children: ReactNode;
}

function PartRow({ value, look, title, children }: PartRowProps): ReactElement {
  return (
    <li className="dict-step dict-step-part">
      <span className="dict-step-what" title={title}>
        <span className="dict-fold" />
        {children}
      </span>
      <Amount value={value} look={look} />
    </li>
  );
}

function Amount({ value, look: { whole, most } }: { readonly value: number; readonly look: Look }): ReactElement {
  return (
    <>
      <ShareBar share={value / most} isSigned />
      <span className="dict-number">{percent(value / whole)}</span>
      <span className="dict-number">{formatFixed(value, 4)}</span>
    </>
  );
}

function percent(share: number): string {
  return `${formatFixed(100 * share, 1)} %`;
}

/** `features 1.1060 + smaller 0.5660 + biases −1.5410 + no feature 0.8830 = 1.0140 (rounding 9.6e−8)` */
function SumLine({ split }: { readonly split: StepSplit }): ReactElement {
  return (
    <>
      {sumTerms(split)
        .map(([name, value]) => `${name} ${formatFixed(value, 4)}`)
        .join(' + ')}
      {' = '}
      <strong>{formatFixed(split.value, 4)}</strong> <span>{`(rounding ${formatNumber(split.difference)})`}</span>
    </>
  );
}
