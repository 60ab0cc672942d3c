import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The chart library is large and only some pages draw: it is a file of its own, and so are the
// libraries, which change more rarely than the pages. A group takes what it needs along: the first
// of them what all need.
const chunks = [
  { name: 'react', test: /node_modules[\\/](react|react-dom|react-router|scheduler|@tanstack)[\\/]/ },
  { name: 'mantine', test: /node_modules[\\/](@mantine[\\/](core|hooks|form|notifications)|@floating-ui|clsx|react-remove-scroll|react-number-format|react-transition-group)/ },
  { name: 'charts', test: /node_modules[\\/](@mantine[\\/]charts|recharts|d3-|victory-vendor|@reduxjs|redux|react-redux|reselect|immer|decimal|es-toolkit|eventemitter3|internmap)/ },
];

export default defineConfig({
  plugins: [react()],
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
  build: {
    sourcemap: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
    modulePreload: { polyfill: false },
    // dist/.gitkeep is in git, so that the Go code builds before the pages do; public holds its twin.
    emptyOutDir: true,
    rollupOptions: { output: { codeSplitting: { groups: chunks } } },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/testing/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    css: false,
    testTimeout: 60_000,
  },
});
