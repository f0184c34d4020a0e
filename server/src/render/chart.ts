import type { EChartsOption } from 'echarts'
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
export const chartOption = (chart: ChartData): EChartsOption => {
  const several = chart.series.length > 1
  return {
    animation: false,
    color: COLOURS,
    textStyle: { color: INK, fontFamily: 'sans-serif', fontSize: 12 },
    grid: {
      left: 8,
      right: 16,
      top: several ? 36 : 16,
      bottom: 8,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    ...(several
      ? { legend: { top: 0, left: 0, textStyle: { color: INK }, data: chart.series.map(({ name }) => name) } }
      : {}),
    xAxis: {
      type: 'category',
      data: chart.labels.map(cutLabel),
      axisLine: { lineStyle: { color: LINE } },
      axisTick: { show: false },
      axisLabel: {
        color: INK,
        hideOverlap: true,
        rotate: chart.labels.some((label) => label.length > 10) && chart.labels.length > 6 ? 30 : 0,
      },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      axisLabel: { color: INK },
      splitLine: { lineStyle: { color: LINE } },
    },
    series: chart.series.map(({ name, values }) =>
      chart.kind === 'bars'
        ? { type: 'bar', name, data: [...values], barMaxWidth: 48, ...(several ? { stack: 'all' } : {}) }
        : {
            type: 'line',
            name,
            data: [...values],
            showSymbol: false,
            ...(several ? { stack: 'all', areaStyle: { opacity: 0.35 } } : {}),
          },
    ),
  }
}

/** Draws a chart as SVG, without a browser. ECharts is loaded by the first chart, and not by the server's start. */
export const drawChart = async (
  chart: ChartData,
  size: { readonly width: number; readonly height: number },
): Promise<string> => {
  const [{ init, use }, { BarChart, LineChart }, { GridComponent, LegendComponent }, { SVGRenderer }] =
    await Promise.all([
      import('echarts/core'),
      import('echarts/charts'),
      import('echarts/components'),
      import('echarts/renderers'),
    ])
  use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer])
  const drawing = init(null, null, { renderer: 'svg', ssr: true, ...size })
  try {
    drawing.setOption(chartOption(chart))
    return drawing.renderToSVGString()
  } finally {
    drawing.dispose()
  }
}
