using System.Globalization;
using System.Net;
using System.Text;
using ReproGate.CleanRoom.Jobs;
using ReproGate.Facts.CleanRoom;
using ReproGate.Reports;

namespace ReproGate.CleanRoom.Reports;

/// <summary>Writes several jobs as one page: a row a job, with a link to its own page where that lies beside its result. No script, nothing loaded from elsewhere.</summary>
public static class JobsPage
{
    private const int MostFindings = 500;
    private const int MostOutputs = 50;

    /// <summary>Writes the page.</summary>
    /// <param name="merged">The jobs.</param>
    /// <param name="folder">The folder it is written to: links are relative to it.</param>
    /// <param name="toolVersion">ReproGate's version.</param>
    public static byte[] Write(MergedJobs merged, string folder, string toolVersion)
    {
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
            .Append("<title>").Append(Text($"Clean rooms: {merged.Repository}")).Append("</title>\n<style>\n").Append(CleanRoomPage.Style).Append("</style>\n</head>\n<body>\n");
        (string mark, string verdict) = merged.State switch
        {
            JobState.Passed => ("good", merged.Jobs.All(static job => job.Result?.Compared is not null) ? "Every job gives the same bits again" : "No job has a finding; not every one was compared"),
            JobState.Findings => (merged.Findings.Any(static found => found.Finding.Level == Severity.Error) ? "bad" : "warn", $"{Count(merged, Severity.Error)} errors, {Count(merged, Severity.Warning)} warnings"),
            _ => ("bad", "Not everything is known: jobs are missing, or could not run"),
        };
        page.Append("<header>\n<h1>").Append(Text($"Clean rooms: {merged.Repository}")).Append("</h1>\n<p class=\"verdict ").Append(mark).Append("\">").Append(Text(verdict)).Append("</p>\n<dl>\n");
        if (merged.Commit.Length > 0)
        {
            page.Append("<div><dt>Commit</dt><dd>").Append(Text(merged.Commit)).Append("</dd></div>\n");
        }

        page.Append("<div><dt>Jobs</dt><dd>").Append(Number(merged.Jobs.Length)).Append("</dd></div>\n</dl>\n</header>\n<main>\n");
        WriteJobs(page, merged, folder);
        WriteFindings(page, merged);
        WriteDifferences(page, merged);
        page.Append("</main>\n<footer><p>ReproGate ").Append(Text(toolVersion)).Append("</p></footer>\n</body>\n</html>\n");
        return Encoding.UTF8.GetBytes(page.ToString());
    }

    private static void WriteJobs(StringBuilder page, MergedJobs merged, string folder)
    {
        page.Append("<section aria-labelledby=\"jobs\">\n<h2 id=\"jobs\">Jobs</h2>\n<div class=\"scroll\"><table>\n<caption>").Append(Number(merged.Jobs.Length)).Append(" in all</caption>\n<thead><tr><th scope=\"col\">Job</th><th scope=\"col\">Built</th><th scope=\"col\">Platform</th><th scope=\"col\">Engine</th><th scope=\"col\">Outcome</th><th scope=\"col\" class=\"number\">Outputs</th><th scope=\"col\" class=\"number\">Differing</th><th scope=\"col\" class=\"number\">Time</th></tr></thead>\n<tbody>\n");
        foreach (JobRow row in merged.Jobs)
        {
            JobResult? result = row.Result;
            (string mark, string outcome) = row.State switch
            {
                JobState.Passed => ("good", "passed"),
                JobState.Findings => ("bad", $"{result!.Findings.Count(static finding => finding.Level == Severity.Error)} errors, {result.Findings.Count(static finding => finding.Level == Severity.Warning)} warnings"),
                JobState.CouldNotRun => ("bad", "could not run"),
                _ => ("bad", "did not run"),
            };
            string own = result is { File.Length: > 0 } ? Path.Combine(Path.GetDirectoryName(result.File)!, "cleanroom.html") : "";
            string name = Text(row.Job.Name);
            page.Append("<tr><th scope=\"row\">").Append(own.Length > 0 && File.Exists(own) ? $"<a href=\"{Link(folder, own)}\">{name}</a>" : name)
                .Append("</th><td><code>").Append(Text(row.Job.Entry)).Append("</code></td><td>").Append(Text(result?.ImagePlatform is { Length: > 0 } platform ? platform : row.Job.Platform))
                .Append("</td><td>").Append(Text(result is null ? row.Job.Context : result.Engine + (result.Context.Length > 0 ? $" of {result.Context}" : "") + (result.IsWeakerRoom ? " (weaker than a container)" : "")))
                .Append("</td><td class=\"").Append(mark).Append("\">").Append(Text(outcome)).Append("</td><td class=\"number\">").Append(result?.Compared is { } compared ? Number(compared) : "").Append("</td><td class=\"number\">").Append(result?.Compared is null ? "" : Number(result.Differing.Length))
                .Append("</td><td class=\"number\">").Append(result is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{result.Elapsed.TotalSeconds:0.0} s")).Append("</td></tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n</section>\n");
    }

    private static void WriteFindings(StringBuilder page, MergedJobs merged)
    {
        if (merged.Findings.IsEmpty)
        {
            return;
        }

        page.Append("<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">Findings</h2>\n<ul class=\"findings\">\n");
        foreach (MergedFinding found in merged.Findings.Take(MostFindings))
        {
            ReportedFinding finding = found.Finding;
            string told = found.Jobs.IsEmpty ? "" : $"<p><small>Told by {Text(string.Join(", ", found.Jobs))}</small></p>";
            page.Append("<li class=\"").Append(finding.Level switch { Severity.Error => "bad", Severity.Warning => "warn", _ => "good" }).Append("\"><p class=\"place\"><strong>").Append(LineReports.Word(finding.Level)).Append(' ').Append(Text(finding.RuleId)).Append("</strong> <code>").Append(Text(finding.File + LineReports.Position(finding))).Append("</code></p><p>").Append(Text(finding.Message)).Append("</p>").Append(told).Append("</li>\n");
        }

        page.Append("</ul>\n");
        if (merged.Findings.Length > MostFindings)
        {
            page.Append("<p>The first ").Append(Number(MostFindings)).Append(" of ").Append(Number(merged.Findings.Length)).Append("; cleanroom.jobs.json has all.</p>\n");
        }

        page.Append("</section>\n");
    }

    private static void WriteDifferences(StringBuilder page, MergedJobs merged)
    {
        if (merged.Differences.IsEmpty)
        {
            return;
        }

        page.Append("<section aria-labelledby=\"between\">\n<h2 id=\"between\">What differs between jobs</h2>\n");
        foreach (JobDifference difference in merged.Differences)
        {
            page.Append("<div class=\"scroll\"><table class=\"parts\">\n<caption>").Append(Text($"{difference.First.Entry}: {difference.First.Job} and {difference.Second.Job}, {(difference.IsOfMachine ? "the same image" : "other platforms or images")}")).Append("</caption>\n<thead><tr><th scope=\"col\">Output</th><th scope=\"col\">First job</th><th scope=\"col\">Second job</th></tr></thead>\n<tbody>\n");
            foreach (string path in difference.Paths.Take(MostOutputs))
            {
                page.Append("<tr><th scope=\"row\">").Append(Text(path)).Append("</th><td data-side=\"First\"><code>").Append(difference.First.Hashes.GetValueOrDefault(path) ?? "absent").Append("</code></td><td data-side=\"Second\"><code>").Append(difference.Second.Hashes.GetValueOrDefault(path) ?? "absent").Append("</code></td></tr>\n");
            }

            page.Append("</tbody>\n</table></div>\n");
            if (difference.Paths.Length > MostOutputs)
            {
                page.Append("<p>").Append(Number(difference.Paths.Length - MostOutputs)).Append(" more in cleanroom.jobs.json.</p>\n");
            }
        }

        page.Append("</section>\n");
    }

    // From where the files lie, never from what a result says.
    private static string Link(string folder, string file) => Text(string.Join('/', Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString)));

    private static int Count(MergedJobs merged, Severity severity) => merged.Findings.Count(found => found.Finding.Level == severity);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
