import type { ReactElement } from 'react';
import { PairList } from './pairList.tsx';
import { SetBar } from './setBar.tsx';
import { TaskReportContext, useAskTaskReport } from './taskReport.ts';

/** The prompts that are measured on. */
export function PromptSet(): ReactElement {
  return (
    <TaskReportContext value={useAskTaskReport()}>
      <SetBar />
      <PairList />
    </TaskReportContext>
  );
}
