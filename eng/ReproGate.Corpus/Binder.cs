using System.Text.RegularExpressions;

namespace ReproGate.Corpus;

/// <summary>A mutation put to a place of a repository: every variable known.</summary>
/// <param name="Mutation">The mutation, its texts expanded.</param>
/// <param name="Hash">The hash of the catalogue's text, which knows no place (<see cref="Mutation.Hash"/>).</param>
/// <param name="Word">A word that only this mutation writes.</param>
/// <param name="Folder">The folder of the first file it needs, relative to the root; empty where that is the root.</param>
/// <param name="Own">Further words that only this mutation deals with, where its place is its own: the package, the project.</param>
internal sealed record BoundMutation(Mutation Mutation, string Hash, string Word, string Folder, IReadOnlyList<string> Own);

/// <summary>Finds the places of a repository that mutations need.</summary>
/// <param name="root">The repository's root.</param>
/// <param name="files">Every tracked file, relative to it.</param>
internal sealed class Binder(string root, IReadOnlyList<string> files)
{
    private readonly Dictionary<string, string> _texts = [];

    /// <summary>Binds each mutation to a place of its own, or to one it may share; null where the repository has none (left).</summary>
    public IEnumerable<(Mutation Mutation, BoundMutation? Bound)> Bind(Catalogue catalogue)
    {
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        var candidates = new Dictionary<string, IReadOnlyList<Dictionary<string, string>>>(StringComparer.Ordinal);
        // Those that share no place come first, or every place would be shared before them. The number stays that of the catalogue.
        foreach ((Mutation mutation, int index) in catalogue.Mutations.Select(static (mutation, index) => (mutation, index)).OrderBy(pair => catalogue.Places[pair.mutation.Place].Shared))
        {
            int number = index + 1;
            Place place = catalogue.Places[mutation.Place];
            if (!candidates.TryGetValue(mutation.Place, out IReadOnlyList<Dictionary<string, string>>? found))
            {
                candidates[mutation.Place] = found = Candidates(place);
            }

            // Those judged by themselves take nothing from others; of the rest the place that has fewest.
            Dictionary<string, string>? chosen = mutation.Stage == Stage.Alone
                ? found.FirstOrDefault()
                : found.Where(candidate => place.Shared ? taken.GetValueOrDefault(candidate["dir"]) < 1000 : !taken.ContainsKey(candidate["dir"])).MinBy(candidate => taken.GetValueOrDefault(candidate["dir"]));
            if (chosen is null)
            {
                yield return (mutation, null);
                continue;
            }

            if (mutation.Stage != Stage.Alone)
            {
                taken[chosen["dir"]] = taken.GetValueOrDefault(chosen["dir"]) + (place.Shared ? 1 : 1000);
            }

            string word = $"N{number:000}";
            var variables = new Dictionary<string, string>(chosen) { ["n"] = word };
            yield return (mutation, new BoundMutation(
                mutation with { Fault = Texts.Expand(mutation.Fault, variables), Near = Texts.Expand(mutation.Near, variables) },
                mutation.Hash,
                word,
                chosen["dir"],
                place.Shared || mutation.Stage == Stage.Alone ? [] : [.. chosen.Where(static variable => variable.Key is "id" or "name" or "below").Select(static variable => variable.Value)]));
        }
    }

    private List<Dictionary<string, string>> Candidates(Place place)
    {
        List<Dictionary<string, string>> found = [new() { ["dir"] = "" }];
        bool first = true;
        foreach (Need need in place.Needs)
        {
            found = [.. found.SelectMany(variables => Matches(need, variables, first))];
            first = false;
        }

        // A fault in a project that others reference befalls these too: those that nobody references come first.
        return [.. found.DistinctBy(static variables => variables["dir"]).OrderBy(variables => files.Count(file => file.EndsWith("proj", StringComparison.Ordinal) && variables.TryGetValue("file", out string? own) && Text(file).Contains("/" + Path.GetFileName(own), StringComparison.Ordinal)))];
    }

    private IEnumerable<Dictionary<string, string>> Matches(Need need, Dictionary<string, string> variables, bool first)
    {
        string pattern = "^" + Regex.Escape(Texts.Expand(need.File, variables)).Replace("\\*", ".*", StringComparison.Ordinal) + "$";
        var find = new Regex(variables.Aggregate(need.Find, static (text, variable) => text.Replace("{" + variable.Key + "}", Regex.Escape(variable.Value), StringComparison.Ordinal)), RegexOptions.Multiline, TimeSpan.FromSeconds(2));
        foreach (string file in files.Where(file => Regex.IsMatch(file, pattern)))
        {
            if (find.Match(Text(file)) is not { Success: true } match)
            {
                continue;
            }

            var more = new Dictionary<string, string>(variables);
            if (first)
            {
                more["dir"] = Path.GetDirectoryName(file)!.Replace('\\', '/');
                more["file"] = file;
                more["up"] = string.Concat(Enumerable.Repeat("../", more["dir"].Length == 0 ? 0 : more["dir"].Count(static letter => letter == '/') + 1));
                more["name"] = Path.GetFileNameWithoutExtension(file);
                more["match"] = match.Value;
            }

            foreach (Group group in match.Groups.Cast<Group>().Where(static group => !char.IsAsciiDigit(group.Name[0])))
            {
                more[group.Name] = group.Value;
                // As the packages folder writes it.
                more[group.Name + "lower"] = group.Value.ToLowerInvariant();
            }

            yield return more;
        }
    }

    private string Text(string file) => _texts.TryGetValue(file, out string? text) ? text : _texts[file] = File.ReadAllText(Path.Combine(root, file));
}
