namespace ReproGate.Facts;

/// <summary>A place in the repository's MSBuild files that names an MSBuild SDK.</summary>
/// <param name="Name">The SDK's name, also its package id.</param>
/// <param name="Version">The version as written there; empty where global.json gives it.</param>
/// <param name="Location">The place of the version, or of the name where there is none.</param>
public sealed record SdkDeclaration(string Name, string Version, SourceLocation Location)
{
    /// <summary>The name's text; null where it is not written as one plain text.</summary>
    public TextSpan? NameSpan { get; init; }

    /// <summary>The version's text; null where there is none, or it is not written as one plain text.</summary>
    public TextSpan? VersionSpan { get; init; }

    /// <summary>Every declaration: the <c>Sdk</c> attribute of a project, <c>&lt;Sdk&gt;</c> elements and imports.</summary>
    public static IEnumerable<SdkDeclaration> Of(RepositoryFiles files)
    {
        foreach (ProjectElement element in files.Elements)
        {
            if (element.Name == "Sdk" && element.Parent == "Project" && element["Name"] is { Length: > 0 } name)
            {
                yield return new SdkDeclaration(name.Trim(), element["Version"].Trim(), (element.Attribute("Version") ?? element.Attribute("Name"))!.Location)
                {
                    NameSpan = element.Attribute("Name")!.Span,
                    VersionSpan = element.Attribute("Version")?.Span,
                };
            }
            else if (element.Name == "Import" && element["Sdk"] is { Length: > 0 } imported)
            {
                foreach (SdkDeclaration sdk in Split(imported, element.Attribute("Sdk")!))
                {
                    yield return sdk.Version.Length == 0 && element.Attribute("Version") is { } version
                        ? sdk with { Version = version.Value.Trim(), Location = version.Location, VersionSpan = version.Span }
                        : sdk;
                }
            }
            else if (element.Parent.Length == 0 && element.Name == "Project" && element.Attribute("Sdk") is { } attribute)
            {
                foreach (SdkDeclaration sdk in Split(attribute.Value, attribute))
                {
                    yield return sdk;
                }
            }
        }
    }

    // "A;B/1.2.3": several SDKs, each with an optional version after a slash.
    private static IEnumerable<SdkDeclaration> Split(string list, ProjectAttribute attribute)
    {
        int offset = 0;
        foreach (string part in list.Split(';'))
        {
            int slash = part.IndexOf('/');
            string name = (slash < 0 ? part : part[..slash]).Trim();
            string version = slash < 0 ? "" : part[(slash + 1)..].Trim();
            int nameAt = offset + part.Length - part.TrimStart().Length;
            int at = slash < 0 ? nameAt : offset + slash + 1;
            if (name.Length > 0)
            {
                SourceLocation location = attribute.Location;
                yield return new SdkDeclaration(name, version, attribute.Span is null ? location : location with { Column = location.Column + at })
                {
                    NameSpan = Part(nameAt, name),
                    VersionSpan = version.Length > 0 ? Part(offset + part.IndexOf(version, slash + 1, StringComparison.Ordinal), version) : null,
                };
            }

            offset += part.Length + 1;
        }

        TextSpan? Part(int start, string text) => attribute.Span is { } span ? span with { StartColumn = span.StartColumn + start, EndColumn = span.StartColumn + start + text.Length } : null;
    }
}
