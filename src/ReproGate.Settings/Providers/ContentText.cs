using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Formats;

namespace ReproGate.Settings.Providers;

/// <summary>Keys of a configuration file that a manifest holds as text (a ConfigMap's <c>appsettings.json: |</c>), placed in the manifest.</summary>
internal static class ContentText
{
    /// <summary>Parses the text.</summary>
    /// <param name="kind">Its format.</param>
    /// <param name="text">The text.</param>
    /// <param name="place">Where its first line stands in the manifest.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static ImmutableArray<ProvidedKey> Parse(ProviderKind kind, string text, SourceLocation place, FaultList faults)
    {
        var own = new FaultList();
        var source = new NodeSource(place.File, Path.GetDirectoryName(place.File) ?? "");
        ImmutableArray<ProvidedKey> keys = kind switch
        {
            ProviderKind.JsonFile => JsonSettings.Flatten(JsonTree.Parse(text, source, own), own),
            ProviderKind.XmlFile => XmlSettings.Parse(text, place.File, own),
            ProviderKind.IniFile => IniSettings.Parse(text, place.File, own),
            _ => [],
        };
        foreach (SettingsFault fault in own.ToImmutable())
        {
            faults.Add(fault with { Location = Moved(fault.Location) });
        }

        return [.. keys.Select(key => key with { Location = Moved(key.Location) })];

        // The text's columns are moved by the manifest's indentation.
        SourceLocation Moved(SourceLocation inner) => new(place.File, place.Line + Math.Max(inner.Line, 1) - 1, place.Column + Math.Max(inner.Column, 1) - 1);
    }
}
