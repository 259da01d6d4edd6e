//! `bench`: runs programs in turn under several Python interpreters and compares them.
//!
//! Per mode: list the jobs (`jobs`), run them A B A B under all interpreters (`turns`, over
//! `process`), judge that the outputs agree, and report medians and ratios (`report`, over `compare`).
//!
//! **Invariant:** a job that fails under one interpreter stops neither the other interpreters nor the
//! other jobs; it is named at the end, and the exit code is 1.
//!
//! Not here: what the programs compute. They stand in `programs/`, and judge themselves by checksums.

mod arguments;
mod compare;
mod jobs;
mod process;
mod report;
mod turns;

use std::io::Write;
use std::process::ExitCode;

use arguments::{Arguments, Request};
use turns::{Interpreter, JobResult};

fn main() -> ExitCode {
    let arguments = match arguments::parse(std::env::args().skip(1)) {
        Ok(Request::Run(arguments)) => arguments,
        Ok(Request::Help) => {
            print!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Err(message) => return refuse(&message),
    };
    match run(&arguments) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(message) => refuse(&message),
    }
}

fn refuse(message: &str) -> ExitCode {
    eprintln!("bench: {message}");
    ExitCode::from(2)
}

/// Runs all modes and reports them; returns how many failures there were.
fn run(arguments: &Arguments) -> Result<usize, String> {
    let cores = match arguments.cores {
        // The children inherit the affinity, and this process sleeps while they run.
        Some(count) => Some(process::pin_to_cores(count)?),
        None => None,
    };
    let interpreters: Vec<Interpreter> =
        arguments.interpreters.iter().map(|(name, command)| Interpreter::identify(name, command)).collect();
    let mut sections: Vec<(arguments::Mode, Vec<JobResult>)> = Vec::new();
    for &mode in &arguments.modes {
        let jobs = jobs::list(mode, arguments)?;
        if jobs.is_empty() {
            return Err(format!("no {} job passes the filters", mode.name()));
        }
        let results = jobs.iter().map(|job| turns::run_in_turn(job, &interpreters, arguments)).collect();
        sections.push((mode, results));
    }
    let report = report::Report { arguments, cores, interpreters: &interpreters, sections: &sections };
    if let Some(path) = &arguments.json {
        std::fs::write(path, format!("{:#}\n", report.json()))
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    // A reader that has seen enough and closed the pipe is no failure of the comparison.
    let _ = std::io::stdout().write_all(report.text().as_bytes());
    Ok(sections.iter().flat_map(|(_, results)| results).map(JobResult::failure_count).sum())
}
