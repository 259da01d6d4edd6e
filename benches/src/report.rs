//! The report: tables for people, JSON for programs.
//!
//! Every figure is a median over a job's processes. A ratio is peer / subject.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::arguments::{Arguments, Mode};
use crate::compare::{geometric_mean, ratio};
use crate::turns::{Interpreter, JobResult, Metric, Sample};

pub struct Report<'a> {
    pub arguments: &'a Arguments,
    /// Which cores everything ran on, if it was pinned.
    pub cores: Option<Vec<usize>>,
    pub interpreters: &'a [Interpreter],
    pub sections: &'a [(Mode, Vec<JobResult>)],
}

impl Report<'_> {
    pub fn text(&self) -> String {
        let mut out = String::new();
        for interpreter in self.interpreters {
            let _ = writeln!(out, "{:<16} {}", interpreter.name, interpreter.version);
        }
        let cores = match &self.cores {
            Some(cores) => format!("pinned to cores {cores:?}"),
            None => "not pinned".to_owned(),
        };
        let _ = writeln!(out, "{cores}; behind each peer's figure: peer / {}", self.subject());
        for (mode, results) in self.sections {
            for metric in Metric::ALL {
                let _ = writeln!(out, "\n{}", self.title(*mode, metric));
                self.table(results, metric, &mut out);
            }
        }
        self.failures(&mut out);
        out
    }

    fn subject(&self) -> &str {
        &self.interpreters[0].name
    }

    fn title(&self, mode: Mode, metric: Metric) -> String {
        let runs = self.arguments.runs(mode);
        let iterations = self.arguments.iterations;
        let what = match mode {
            Mode::Whole => format!("whole processes, median of {runs}"),
            Mode::Startup => format!("start-up, median of {runs} processes"),
            Mode::Steady | Mode::PyPerformance => format!(
                "{}: median of the last half of {iterations} iterations, median of {runs} processes",
                if mode == Mode::Steady { "steady state" } else { "pyperformance" }
            ),
        };
        match metric {
            Metric::Wall => format!("{what}: wall time, ms"),
            Metric::Cpu => format!("{what}: CPU time, ms"),
            Metric::Peak => format!("{what}: peak memory, MB"),
        }
    }

    fn table(&self, results: &[JobResult], metric: Metric, out: &mut String) {
        let mut rows: Vec<Vec<String>> = vec![self.header()];
        for result in results {
            let mut cells = vec![result.name.clone(), cell(result.median(0, metric), metric)];
            for peer in 1..self.interpreters.len() {
                cells.push(cell(result.median(peer, metric), metric));
                cells.push(ratio_cell(ratio_of(result, peer, metric)));
            }
            rows.push(cells);
        }
        if self.interpreters.len() > 1 {
            let mut cells = vec!["geometric mean".to_owned(), String::new()];
            for peer in 1..self.interpreters.len() {
                let ratios = ratios_of(results, peer, metric);
                cells.push(format!("{} of {}", ratios.len(), results.len()));
                cells.push(ratio_cell(geometric_mean(&ratios)));
            }
            rows.push(cells);
        }
        write_aligned(&rows, out);
    }

    fn header(&self) -> Vec<String> {
        let mut cells = vec!["program".to_owned(), self.subject().to_owned()];
        for peer in &self.interpreters[1..] {
            cells.push(peer.name.clone());
            cells.push("ratio".to_owned());
        }
        cells
    }

    fn failures(&self, out: &mut String) {
        let failures: Vec<_> = self.list_failures();
        if failures.is_empty() {
            let _ = writeln!(out, "\nall outputs agree");
            return;
        }
        let _ = writeln!(out, "\nfailed: {}", failures.len());
        for (mode, program, interpreter, message) in failures {
            let _ = writeln!(out, "  {} {program} under {interpreter}: {message}", mode.name());
        }
    }

    fn list_failures(&self) -> Vec<(Mode, &str, &str, &str)> {
        let mut failures = Vec::new();
        for (mode, results) in self.sections {
            for result in results {
                for (interpreter, outcome) in self.interpreters.iter().zip(&result.by_interpreter) {
                    if let Err(message) = outcome {
                        let names = (result.name.as_str(), interpreter.name.as_str());
                        failures.push((*mode, names.0, names.1, message.as_str()));
                    }
                }
            }
        }
        failures
    }

    pub fn json(&self) -> Value {
        let interpreters: Vec<Value> = self
            .interpreters
            .iter()
            .map(|each| json!({"name": each.name, "command": each.command, "version": each.version}))
            .collect();
        let sections: Vec<Value> = self
            .sections
            .iter()
            .map(|(mode, results)| {
                json!({
                    "mode": mode.name(),
                    "runs": self.arguments.runs(*mode),
                    "iterations": mode.has_iterations().then_some(self.arguments.iterations),
                    "programs": results.iter().map(|result| self.program_json(result)).collect::<Vec<_>>(),
                    "geometric_means": self.means_json(results),
                })
            })
            .collect();
        let failures: Vec<Value> = self
            .list_failures()
            .into_iter()
            .map(|(mode, program, interpreter, message)| {
                json!({"mode": mode.name(), "program": program, "interpreter": interpreter, "message": message})
            })
            .collect();
        json!({
            "subject": self.subject(),
            "interpreters": interpreters,
            "cores": self.cores,
            "sections": sections,
            "failures": failures,
        })
    }

    fn program_json(&self, result: &JobResult) -> Value {
        let interpreters: Vec<Value> = self
            .interpreters
            .iter()
            .enumerate()
            .map(|(index, interpreter)| {
                let mut entry = json!({"interpreter": interpreter.name});
                match &result.by_interpreter[index] {
                    Err(message) => entry["failure"] = json!(message),
                    Ok(samples) => {
                        entry["samples"] = samples.iter().map(sample_json).collect();
                        for metric in Metric::ALL {
                            entry[metric_key(metric)] = json!(result.median(index, metric));
                            if index > 0 {
                                let key = format!("{}_ratio", metric_name(metric));
                                entry[key] = json!(ratio_of(result, index, metric));
                            }
                        }
                    }
                }
                entry
            })
            .collect();
        json!({"program": result.name, "results": interpreters})
    }

    fn means_json(&self, results: &[JobResult]) -> Value {
        let mut means = json!({});
        for (peer, interpreter) in self.interpreters.iter().enumerate().skip(1) {
            for metric in Metric::ALL {
                let ratios = ratios_of(results, peer, metric);
                means[&interpreter.name][metric_name(metric)] =
                    json!({"ratio": geometric_mean(&ratios), "programs": ratios.len()});
            }
        }
        means
    }
}

fn ratio_of(result: &JobResult, peer: usize, metric: Metric) -> Option<f64> {
    ratio(result.median(0, metric)?, result.median(peer, metric)?)
}

fn ratios_of(results: &[JobResult], peer: usize, metric: Metric) -> Vec<f64> {
    results.iter().filter_map(|result| ratio_of(result, peer, metric)).collect()
}

fn metric_name(metric: Metric) -> &'static str {
    match metric {
        Metric::Wall => "wall",
        Metric::Cpu => "cpu",
        Metric::Peak => "peak",
    }
}

fn metric_key(metric: Metric) -> &'static str {
    match metric {
        Metric::Wall => "wall_ns",
        Metric::Cpu => "cpu_ns",
        Metric::Peak => "peak_bytes",
    }
}

fn sample_json(sample: &Sample) -> Value {
    json!({
        "wall_ns": sample.wall_ns,
        "cpu_ns": sample.cpu_ns,
        "peak_bytes": sample.peak_bytes,
        "iterations_ns": sample.iterations,
    })
}

fn cell(value: Option<f64>, metric: Metric) -> String {
    match value {
        None => "failed".to_owned(),
        Some(value) if metric == Metric::Peak => format!("{:.1}", value / 1e6),
        Some(value) => format!("{:.2}", value / 1e6),
    }
}

fn ratio_cell(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"))
}

/// The first column to the left, all others to the right.
fn write_aligned(rows: &[Vec<String>], out: &mut String) {
    let columns = rows[0].len();
    let widths: Vec<usize> =
        (0..columns).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    for row in rows {
        let _ = write!(out, "{:<width$}", row[0], width = widths[0]);
        for (text, width) in row.iter().zip(&widths).skip(1) {
            let _ = write!(out, "  {text:>width$}");
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(milliseconds: f64) -> Sample {
        let nanoseconds = milliseconds * 1e6;
        Sample { wall_ns: nanoseconds, cpu_ns: nanoseconds, peak_bytes: 1e6, iterations: Vec::new() }
    }

    #[test]
    fn ratios_skip_programs_that_failed_on_either_side() {
        let result = |by_interpreter| JobResult { name: "p".to_owned(), by_interpreter };
        let results = [
            result(vec![Ok(vec![sample(2.0)]), Ok(vec![sample(6.0)])]),
            result(vec![Err("exit code 1".to_owned()), Ok(vec![sample(6.0)])]),
            result(vec![Ok(vec![sample(2.0)]), Err("exit code 1".to_owned())]),
        ];
        assert_eq!(ratios_of(&results, 1, Metric::Wall), [3.0]);
        assert_eq!(ratios_of(&results, 1, Metric::Peak), [1.0]);
        assert_eq!(results.iter().map(JobResult::failure_count).sum::<usize>(), 2);
    }

    #[test]
    fn columns_line_up() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let mut out = String::new();
        write_aligned(&[row(["program", "a"]), row(["x", "12.50"])], &mut out);
        assert_eq!(out, "program      a\nx        12.50\n");
    }
}
