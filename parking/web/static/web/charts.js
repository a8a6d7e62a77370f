// <bar-chart data-table="id">: the figures of a table as bars. The table is the source: numbers and words are read
// from it, and read again when the part of the page that holds it has changed.

import * as echarts from "../vendor/echarts.js";

const rupees = new Intl.NumberFormat("en-IN", {
  style: "currency",
  currency: "INR",
  trailingZeroDisplay: "stripIfInteger",
});
const short = new Intl.NumberFormat("en-IN", { style: "currency", currency: "INR", maximumFractionDigits: 0 });

class BarChart extends HTMLElement {
  connectedCallback() {
    if (this.chart) return;
    // A shadow root keeps what is drawn out of the way of live parts, which merge the element's own children.
    const canvas = document.createElement("div");
    canvas.style.height = "100%";
    this.attachShadow({ mode: "open" }).append(canvas);
    this.chart = echarts.init(canvas);
    this.draw = () => this.chart.setOption(this.option());
    this.draw();
    new ResizeObserver(() => this.chart.resize()).observe(canvas);
    addEventListener("live", this.draw);
    addEventListener("themechange", this.draw);
  }

  disconnectedCallback() {
    removeEventListener("live", this.draw);
    removeEventListener("themechange", this.draw);
  }

  option() {
    const table = document.getElementById(this.dataset.table);
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    const rows = [...table.tBodies[0].rows];
    const columns = this.dataset.columns.split(" ").map(Number);
    const colours = getComputedStyle(document.documentElement);
    const colour = (name) => colours.getPropertyValue(name).trim();
    const palette = [colour("--accent"), colour("--amber")];
    const words = { color: colour("--ink"), fontFamily: getComputedStyle(this).fontFamily };
    return {
      animation: false,
      textStyle: words,
      grid: { left: 4, right: 8, top: columns.length > 1 ? 36 : 12, bottom: 4, containLabel: true },
      legend: { show: columns.length > 1, textStyle: words, top: 0 },
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        backgroundColor: colour("--card"),
        borderColor: colour("--edge"),
        textStyle: words,
        valueFormatter: (value) => rupees.format(value),
      },
      xAxis: {
        type: "category",
        data: rows.map((row) => row.cells[0].dataset.short ?? row.cells[0].textContent.trim()),
        axisLabel: { color: colour("--quiet"), hideOverlap: true },
        axisLine: { lineStyle: { color: colour("--edge") } },
      },
      yAxis: {
        type: "value",
        minInterval: 1,
        axisLabel: { color: colour("--quiet"), formatter: (value) => short.format(value) },
        splitLine: { lineStyle: { color: colour("--edge") } },
      },
      series: columns.map((column, place) => ({
        type: "bar",
        name: heads[column],
        barMaxWidth: 28,
        itemStyle: { color: palette[place], borderRadius: [3, 3, 0, 0] },
        data: rows.map((row) => Number(row.cells[column].dataset.value)),
      })),
    };
  }
}

customElements.define("bar-chart", BarChart);
