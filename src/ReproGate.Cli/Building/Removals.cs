using ReproGate.Reports;
using ReproGate.Repository;

namespace ReproGate.Cli.Building;

/// <summary>Edits that take text out, and the files as they were before: what the build turns out to need is put back.</summary>
internal sealed class Removals
{
    private readonly Dictionary<string, byte[]> _before = new(StringComparer.Ordinal);
    private readonly HashSet<string> _needed = new(StringComparer.Ordinal);
    private readonly List<ReportedFinding> _applied = [];

    /// <summary>Whether a finding's edits have not been found to be needed.</summary>
    public bool MayApply(ReportedFinding finding) => !_needed.Contains(Key(finding));

    /// <summary>Applies edits; whether there were any.</summary>
    /// <param name="repo">Whose files they change.</param>
    /// <param name="findings">What takes something out.</param>
    /// <param name="apply">Applies the edits of findings, and says how many.</param>
    public bool Apply(Repo repo, IEnumerable<ReportedFinding> findings, Func<IEnumerable<ReportedFinding>, int> apply)
    {
        ReportedFinding[] all = [.. findings];
        foreach (string path in all.SelectMany(static finding => finding.Edits).Select(edit => repo.PathOf(edit.File)).Distinct().Where(File.Exists))
        {
            _before.TryAdd(path, File.ReadAllBytes(path));
        }

        _applied.AddRange(all);
        return apply(all) > 0;
    }

    /// <summary>Puts every file back as it was before; false where nothing had been taken out.</summary>
    public bool TakeBack(Repo repo)
    {
        if (_before.Count == 0)
        {
            return false;
        }

        foreach ((string path, byte[] bytes) in _before)
        {
            Terminal.ShowDiff(UnifiedDiff.Of(repo.Relative(path), Utf8Text.Read(path), Utf8Text.Of(bytes)));
            AtomicFile.WriteAllBytes(path, bytes);
        }

        _needed.UnionWith(_applied.Select(Key));
        _before.Clear();
        _applied.Clear();
        return true;
    }

    // Lines move when it is put back.
    private static string Key(ReportedFinding finding) => $"{finding.RuleId}|{finding.File}|{finding.Subject}";
}
