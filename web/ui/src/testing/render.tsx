import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { vi } from 'vitest';
import { newQueryClient } from '../App';
import { theme } from '../theme';

/** Renders what needs the theme, the router and a query client. */
export function show(node: ReactNode, path = '/') {
  const router = createMemoryRouter([{ path: '*', element: node }], { initialEntries: [path] });
  return render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={newQueryClient()}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

export interface Call {
  method: string;
  path: string;
  body: unknown;
  /** The If-Match that it came with. It is not compared with the rest. */
  version?: string | undefined;
}

/** Answers requests by method and path, such as "GET /contacts", with the query where one is to be answered apart, by what is listed or by what a function gives; what is not listed is a 404 problem. Returns the calls. */
export function answer(answers: Record<string, unknown>): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal('fetch', (input: string, init?: RequestInit) => {
    const url = new URL(input, 'http://localhost');
    const path = url.pathname.replace('/api/v1', '');
    const call: Call = { method: init?.method ?? 'GET', path: path + url.search, body: typeof init?.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined };
    Object.defineProperty(call, 'version', { value: (init?.headers as Record<string, string> | undefined)?.['If-Match'], enumerable: false });
    calls.push(call);
    const listed = answers[`${call.method} ${call.path}`] ?? answers[`${call.method} ${path}`];
    const found = typeof listed === 'function' ? (listed as () => unknown)() : listed;
    if (found instanceof Promise) return found.then((value) => Response.json(value));
    if (found instanceof Response) return Promise.resolve(found.clone());
    if (found === undefined) return Promise.resolve(problem(404, 'There is no such thing', `nothing at ${path}`));
    return Promise.resolve(Response.json(found));
  });
  return calls;
}

export function problem(status: number, title: string, detail: string, errors?: { location: string; message: string }[]): Response {
  return new Response(JSON.stringify({ status, title, detail, errors }), { status, headers: { 'Content-Type': 'application/problem+json' } });
}
