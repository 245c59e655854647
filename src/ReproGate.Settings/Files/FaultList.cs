using System.Collections.Immutable;
using ReproGate.Facts.Configuration;

namespace ReproGate.Settings.Files;

/// <summary>Collects faults, each once, up to a bound.</summary>
internal sealed class FaultList
{
    private const int Max = 200;
    private readonly List<SettingsFault> _faults = [];
    private readonly HashSet<SettingsFault> _known = [];

    public int Count => _faults.Count;

    public void Malformed(SourceLocation location, string problem) => Add(new SettingsFault(location, problem, SettingsFaultKind.Malformed));

    public void Missing(SourceLocation location, string problem) => Add(new SettingsFault(location, problem, SettingsFaultKind.Missing));

    public void NotRead(SourceLocation location, string problem) => Add(new SettingsFault(location, problem, SettingsFaultKind.NotRead));

    public void Add(SettingsFault fault)
    {
        if (_faults.Count < Max && _known.Add(fault))
        {
            _faults.Add(fault);
        }
        else if (_faults.Count == Max)
        {
            _faults.Add(new SettingsFault(fault.Location, $"more than {Max} faults; the rest is not listed", SettingsFaultKind.NotRead));
        }
    }

    public void AddRange(IEnumerable<SettingsFault> faults)
    {
        foreach (SettingsFault fault in faults)
        {
            Add(fault);
        }
    }

    public ImmutableArray<SettingsFault> ToImmutable() => [.. _faults];

    /// <summary>A text as it may stand in a message: short, without control characters.</summary>
    public static string Shown(string text)
    {
        string cut = text.Length <= 80 ? text : text[..80] + "…";
        return string.Create(cut.Length, cut, static (span, from) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(from[i]) ? '?' : from[i];
            }
        });
    }
}
