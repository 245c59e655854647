using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ReproGate.Repository;
using ReproGate.Reports;

namespace ReproGate.Tasks.Logging;

/// <summary>
/// The SARIF file of a project and the parts it is made of. Several target frameworks, and several builds, may write at once:
/// parts are written atomically, and the merged file is made again under a lock that all processes of the machine share.
/// </summary>
internal sealed class SarifFolder(string directory)
{
    public const string PartExtension = ".sarif-part.json";
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    private readonly string _merged = Path.Combine(directory, "reprogate.sarif");

    /// <summary>Whether the file says already that nothing was found: then it costs no JSON to leave it so.</summary>
    public bool IsClean => File.Exists(_merged) && !Directory.EnumerateFiles(directory, "*" + PartExtension).Any();

    /// <summary>Writes a check's part (or removes it where it is null) and merges all parts.</summary>
    /// <exception cref="IOException">The folder cannot be written, or another process held the lock too long.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Update(GateState state, byte[]? part, SarifRun run, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        using FileStream gate = Lock(cancellation);
        byte[]? before = File.Exists(state.PartFile) ? File.ReadAllBytes(state.PartFile) : null;
        bool changed = !(before ?? []).AsSpan().SequenceEqual(part ?? []);
        if (changed)
        {
            // First the stamps: killed in between, the next build judges anew.
            state.DropStamps();
            if (part is null)
            {
                File.Delete(state.PartFile);
            }
            else
            {
                AtomicFile.WriteAllBytes(state.PartFile, part);
            }
        }

        byte[] merged = SarifReport.Merge(Parts(run.TargetFrameworks), run.Project, run.Version, run.RulePage, run.HelpLinkBase);
        if (!File.Exists(_merged) || !File.ReadAllBytes(_merged).AsSpan().SequenceEqual(merged))
        {
            AtomicFile.WriteAllBytes(_merged, merged);
        }
    }

    private List<ReadOnlyMemory<byte>> Parts(IReadOnlyCollection<string> targetFrameworks)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        foreach (string path in Directory.EnumerateFiles(directory, "*" + PartExtension).Order(StringComparer.Ordinal))
        {
            byte[] content = File.ReadAllBytes(path);
            bool? current = IsCurrent(content, targetFrameworks);
            if (current == true)
            {
                parts.Add(content);
                continue;
            }

            if (current is null)
            {
                // What it said is lost: that check has to run again.
                GateState.DropStamps(directory, Path.GetFileName(path)[..^PartExtension.Length]);
            }

            File.Delete(path);
        }

        return parts;
    }

    private static bool? IsCurrent(byte[] part, IReadOnlyCollection<string> targetFrameworks)
    {
        try
        {
            string framework = SarifReport.TargetFrameworkOf(part);
            // A framework the project no longer has is never judged again, so nobody else would take its findings back.
            return framework.Length == 0 || targetFrameworks.Count == 0 || targetFrameworks.Contains(framework, StringComparer.OrdinalIgnoreCase);
        }
        catch (JsonException)
        {
            // Damaged from outside, for every part is written atomically.
            return null;
        }
    }

    private FileStream Lock(CancellationToken cancellation)
    {
        string path = Path.Combine(directory, "reprogate.sarif.lock");
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(start) < LockPatience)
            {
                cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(15));
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }
}

/// <summary>What a run of SARIF says about itself.</summary>
/// <param name="Project">The project relative to the repository's root.</param>
/// <param name="Version">ReproGate's version.</param>
/// <param name="RulePage">Reads a rule's page.</param>
/// <param name="HelpLinkBase">Where rule pages are published; null where they are not.</param>
/// <param name="TargetFrameworks">The project's target frameworks; empty where they are not known.</param>
internal sealed record SarifRun(string Project, string Version, Func<Rule, string?> RulePage, string? HelpLinkBase, IReadOnlyCollection<string> TargetFrameworks);
