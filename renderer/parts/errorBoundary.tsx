/** Keeps a view that breaks from taking the window with it. */
import type { ReactNode } from 'react';
import { Component } from 'react';
import { ErrorState } from './states.tsx';

interface Props {
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | null;
}

export class ErrorBoundary extends Component<Props, State> {
  override readonly state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? (
      this.props.children
    ) : (
      <ErrorState error={error} onRetry={() => this.setState({ error: null })} />
    );
  }
}
