import { createRequire } from 'node:module'
import type * as echarts from 'echarts'
import type { ChartData } from '../core/summary.ts'

/** The colour of a chart's text, so that a page can put its own in its place. */
export const INK = '#1b1f27'
const LINE = '#c3c9d4'
/** Told apart without red and green, and on light and dark ground. */
const COLOURS = ['#3b76d1', '#e08a1e', '#2a9d8f', '#b5499b', '#8a6fd1', '#7a8594', '#b0a13a']
const LONGEST_LABEL = 28

const cutLabel = (label: string): string => {
  const signs = [...label]
  return signs.length > LONGEST_LABEL ? `${signs.slice(0, LONGEST_LABEL - 1).join('')}…` : label
}

/**
 * The option object of ECharts that draws a chart: the same on a screen as in a document. Several series are stacked.
 */
export const chartOption = (chart: ChartData): echarts.EChartsOption => {
  const several = chart.series.length > 1
  const names = {
    type: 'category' as const,
    data: chart.labels.map(cutLabel),
    axisLine: { lineStyle: { color: LINE } },
    axisTick: { show: false },
    axisLabel: { color: INK, hideOverlap: chart.over === 'time' },
  }
  const amounts = {
    type: 'value' as const,
    minInterval: 1,
    axisLabel: { color: INK },
    splitLine: { lineStyle: { color: LINE } },
  }
  // Bars of names lie, so that the names can be read; time runs from left to right.
  const lying = chart.kind === 'bars' && chart.over === 'names'
  return {
    animation: false,
    color: COLOURS,
    textStyle: { color: INK, fontFamily: 'sans-serif', fontSize: 12 },
    grid: {
      left: 8,
      right: 24,
      top: several ? 36 : 12,
      bottom: 8,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    ...(several
      ? {
          legend: {
            top: 0,
            left: 0,
            itemWidth: 14,
            itemHeight: 10,
            icon: 'roundRect',
            textStyle: { color: INK },
            data: chart.series.map(({ name }) => name),
          },
        }
      : {}),
    ...(lying ? { xAxis: amounts, yAxis: { ...names, inverse: true } } : { xAxis: names, yAxis: amounts }),
    series: chart.series.map(({ name, values }) =>
      chart.kind === 'bars'
        ? { type: 'bar', name, data: [...values], barMaxWidth: 32, ...(several ? { stack: 'all' } : {}) }
        : {
            type: 'line',
            name,
            data: [...values],
            showSymbol: values.length < 3,
            ...(several ? { stack: 'all', areaStyle: { opacity: 0.35 } } : {}),
          },
    ),
  }
}

/**
 * Draws a chart as SVG, without a browser. ECharts is loaded by the first chart, and not by the server's start; of its
 * builds this one takes 20 MB of memory where its modules take 90.
 */
export const drawChart = async (
  chart: ChartData,
  size: { readonly width: number; readonly height: number },
): Promise<string> => {
  const { init } = createRequire(import.meta.url)('echarts/dist/echarts.common.min.js') as typeof echarts
  const drawing = init(null, null, { renderer: 'svg', ssr: true, ...size })
  try {
    drawing.setOption(chartOption(chart))
    // Names in it are counted over all charts, and its style answers a mouse; without both, equal charts are equal.
    return drawing
      .renderToSVGString()
      .replace(/<style[\s\S]*?<\/style\s*>/g, '')
      .replace(/ (class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
      .replace(/zr\d+-c(\d+)/g, 'chart-c$1')
  } finally {
    drawing.dispose()
  }
}
