import { Button, Center, Stack, Text, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';

interface Props {
  children: ReactNode;
  /** Another value tries again: the address of the page. */
  at?: string;
}

/** Catches a mistake of a page, so that the rest stays usable. */
export class ErrorBoundary extends Component<Props, { error?: Error | undefined; at?: string | undefined }> {
  override state: { error?: Error | undefined; at?: string | undefined } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  static getDerivedStateFromProps(props: Props, state: { at?: string }) {
    return props.at === state.at ? null : { at: props.at, error: undefined };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <Center py="xl" role="alert">
        <Stack align="center" gap="sm" ta="center" maw={460}>
          <Title order={1}>This page made a mistake</Title>
          <Text c="dimmed">Your data is safe. Load the page again; when the mistake stays, report it with this text: {this.state.error.message}</Text>
          <Button onClick={() => window.location.reload()}>Load again</Button>
        </Stack>
      </Center>
    );
  }
}
