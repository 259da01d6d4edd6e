//! Runs one job under all interpreters in turn (A B A B …) and judges what they printed.
//!
//! Turns spread the machine's moods over all interpreters alike.
//!
//! **Invariant:** an interpreter has samples only if none of its runs failed and its output is the
//! reference's, because the time of a wrong answer says nothing.

use std::time::Duration;

use crate::arguments::{Arguments, Mode};
use crate::compare::{median, median_of_last_half};
use crate::jobs::Job;
use crate::process::{self, Measured};

#[derive(Debug)]
pub struct Interpreter {
    pub name: String,
    pub command: Vec<String>,
    pub version: String,
}

impl Interpreter {
    /// Asks it for its version. One that cannot answer is not an error: its jobs will say more.
    pub fn identify(name: &str, command: &[String]) -> Interpreter {
        let ask = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let answer = process::measure(command, &words, &[], Duration::from_secs(20))?;
            let line = answer.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
            if line.is_empty() { Err("printed nothing".to_owned()) } else { Ok(line) }
        };
        let version = ask(&["-c", "import sys; print(sys.version)"])
            .or_else(|_| ask(&["-V"]))
            .unwrap_or_else(|message| format!("unknown ({message})"));
        Interpreter { name: name.to_owned(), command: command.to_vec(), version }
    }
}

/// What one process of a job took. With iterations, the times are those of its steady state.
#[derive(Debug)]
pub struct Sample {
    pub wall_ns: f64,
    pub cpu_ns: f64,
    pub peak_bytes: f64,
    /// Wall and CPU nanoseconds of each iteration, in order: the warm-up curve.
    pub iterations: Vec<(f64, f64)>,
}

/// What is compared between interpreters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    Wall,
    Cpu,
    Peak,
}

impl Metric {
    pub const ALL: [Metric; 3] = [Metric::Wall, Metric::Cpu, Metric::Peak];

    fn of(self, sample: &Sample) -> f64 {
        match self {
            Metric::Wall => sample.wall_ns,
            Metric::Cpu => sample.cpu_ns,
            Metric::Peak => sample.peak_bytes,
        }
    }
}

/// The samples of each interpreter, in their order, or why there are none.
#[derive(Debug)]
pub struct JobResult {
    pub name: String,
    pub by_interpreter: Vec<Result<Vec<Sample>, String>>,
}

impl JobResult {
    pub fn failure_count(&self) -> usize {
        self.by_interpreter.iter().filter(|result| result.is_err()).count()
    }

    pub fn median(&self, interpreter: usize, metric: Metric) -> Option<f64> {
        let samples = self.by_interpreter[interpreter].as_ref().ok()?;
        median(&samples.iter().map(|sample| metric.of(sample)).collect::<Vec<_>>())
    }
}

/// What one interpreter has done so far in a job.
#[derive(Default)]
struct Progress {
    samples: Vec<Sample>,
    /// Everything that must agree, of its first run.
    text: Option<String>,
    failure: Option<String>,
}

pub fn run_in_turn(job: &Job, interpreters: &[Interpreter], arguments: &Arguments) -> JobResult {
    eprint!("{} {}:", job.mode.name(), job.name);
    let mut all: Vec<Progress> = interpreters.iter().map(|_| Progress::default()).collect();
    for round in 0..arguments.runs(job.mode) {
        for (interpreter, progress) in interpreters.iter().zip(&mut all) {
            if progress.failure.is_some() {
                continue;
            }
            if let Err(message) = take_turn(job, interpreter, round == 0, arguments.timeout, progress) {
                progress.failure = Some(message);
            }
        }
        eprint!(" {}", round + 1);
    }
    eprintln!();
    let names: Vec<&str> = interpreters.iter().map(|interpreter| interpreter.name.as_str()).collect();
    judge(&mut all, &names, arguments.reference_index());
    let by_interpreter = all
        .into_iter()
        .map(|progress| match progress.failure {
            Some(message) => Err(message),
            None => Ok(progress.samples),
        })
        .collect();
    JobResult { name: job.name.clone(), by_interpreter }
}

fn take_turn(
    job: &Job,
    interpreter: &Interpreter,
    is_first: bool,
    timeout: Duration,
    progress: &mut Progress,
) -> Result<(), String> {
    let run = |words: &[String]| process::measure(&interpreter.command, words, &job.environment, timeout);
    let measured = run(&job.arguments)?;
    let (sample, mut text) = read_output(job.mode, measured)?;
    if let Some(checksum) = &job.checksum
        && !text.lines().any(|line| line == checksum)
    {
        return Err(format!("printed {:?}, not {checksum:?}", last_line(&text)));
    }
    if is_first {
        if let Some(words) = &job.check {
            text.push_str(&run(words)?.stdout);
        }
        progress.text = Some(text);
    } else if progress.text.as_ref().is_some_and(|first| !first.starts_with(&text)) {
        return Err("does not print the same each time".to_owned());
    }
    progress.samples.push(sample);
    Ok(())
}

/// Splits a process's output into its times, if it prints them, and the text that must agree.
fn read_output(mode: Mode, measured: Measured) -> Result<(Sample, String), String> {
    let mut sample = Sample {
        wall_ns: measured.wall.as_nanos() as f64,
        cpu_ns: measured.cpu.as_nanos() as f64,
        peak_bytes: measured.peak_bytes as f64,
        iterations: Vec::new(),
    };
    if !mode.has_iterations() {
        return Ok((sample, measured.stdout));
    }
    let mut text = String::new();
    for line in measured.stdout.lines() {
        match parse_times(mode, line) {
            Some(times) => sample.iterations.push(times),
            None => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    let (wall, cpu): (Vec<f64>, Vec<f64>) = sample.iterations.iter().copied().unzip();
    sample.wall_ns = median_of_last_half(&wall).ok_or("printed no times")?;
    sample.cpu_ns = median_of_last_half(&cpu).ok_or("printed no times")?;
    Ok((sample, text))
}

/// `WALL CPU` of our programs, `value: NAME WALL CPU` of the stand-in for pyperf.
fn parse_times(mode: Mode, line: &str) -> Option<(f64, f64)> {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    if mode == Mode::PyPerformance {
        if words.first() != Some(&"value:") || words.len() != 4 {
            return None;
        }
        words.drain(..2);
    }
    let [wall, cpu] = words[..] else { return None };
    Some((wall.parse::<u64>().ok()? as f64, cpu.parse::<u64>().ok()? as f64))
}

/// Marks those whose output is not the reference's. Where the reference itself failed, the first
/// peer that did not, or the subject, stands in for it.
fn judge(all: &mut [Progress], names: &[&str], reference: usize) {
    let order = std::iter::once(reference).chain(1..all.len()).chain(0..1);
    let found = order.filter(|&index| all[index].failure.is_none()).find_map(|index| {
        let text = all[index].text.clone()?;
        Some((index, text))
    });
    let Some((judge_index, expected)) = found else {
        return;
    };
    for progress in all.iter_mut() {
        if let (None, Some(text)) = (&progress.failure, &progress.text)
            && *text != expected
        {
            let (line, theirs) = first_difference(text, &expected);
            progress.failure =
                Some(format!("disagrees: prints {line:?} where {} prints {theirs:?}", names[judge_index]));
        }
    }
}

fn first_difference(left: &str, right: &str) -> (String, String) {
    // A very long line would hide the rest of the report.
    let short = |line: Option<&str>| line.unwrap_or("").chars().take(60).collect();
    let (mut lines, mut others) = (left.lines(), right.lines());
    loop {
        let pair = (lines.next(), others.next());
        if pair.0 != pair.1 || pair.0.is_none() {
            return (short(pair.0), short(pair.1));
        }
    }
}

fn last_line(text: &str) -> &str {
    text.trim_end().lines().last().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> Progress {
        Progress { text: Some(text.to_owned()), ..Progress::default() }
    }

    #[test]
    fn times_are_told_from_text() {
        assert_eq!(parse_times(Mode::Steady, "120 100"), Some((120.0, 100.0)));
        assert_eq!(parse_times(Mode::Steady, "checksum: 12"), None);
        assert_eq!(parse_times(Mode::Steady, "12 13 14"), None);
        assert_eq!(parse_times(Mode::PyPerformance, "value: nbody 9 8"), Some((9.0, 8.0)));
        assert_eq!(parse_times(Mode::PyPerformance, "result: nbody 9 8"), None);
    }

    #[test]
    fn steady_samples_are_medians_of_the_last_half() {
        let measured = Measured {
            wall: Duration::from_secs(9),
            cpu: Duration::from_secs(8),
            peak_bytes: 4096,
            stdout: "100 90\n50 40\n6 5\n8 7\nchecksum: 3\n".to_owned(),
        };
        let (sample, text) = read_output(Mode::Steady, measured).unwrap();
        assert_eq!((sample.wall_ns, sample.cpu_ns), (7.0, 6.0));
        assert_eq!(sample.iterations.len(), 4);
        assert_eq!(text, "checksum: 3\n");
    }

    #[test]
    fn the_one_who_disagrees_with_the_reference_is_named() {
        let mut all = [printed("checksum: 1\n"), printed("checksum: 2\n"), printed("checksum: 2\n")];
        judge(&mut all, &["subject", "peer", "other"], 1);
        assert!(all[0].failure.as_ref().unwrap().contains("\"checksum: 2\""));
        assert!(all[1].failure.is_none() && all[2].failure.is_none());
    }

    #[test]
    fn a_failed_reference_is_replaced() {
        let mut all = [printed("2\n"), printed("9\n"), printed("2\n")];
        all[1].failure = Some("exit code 1".to_owned());
        judge(&mut all, &["subject", "peer", "other"], 1);
        assert!(all[0].failure.is_none() && all[2].failure.is_none());
    }
}
