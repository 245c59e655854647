namespace ReproGate.CleanRoom.Comparison.Contents;

/// <summary>One named thing inside a content.</summary>
/// <param name="Name">Its name, unique in its view.</param>
/// <param name="Kind">The kind a difference of it has.</param>
/// <param name="Value">Its value in a form that is equal exactly where the thing is.</param>
/// <param name="Lines">Renders the value in lines, where one text does not show where it differs.</param>
internal readonly record struct ViewItem(string Name, string Kind, string Value, Func<IReadOnlyList<string>>? Lines = null);

/// <summary>Compares two lists of named things.</summary>
internal static class ViewComparison
{
    /// <summary>Notes what only one side has, what differs, and, where both have the same in another order, that.</summary>
    /// <param name="differ">Takes the parts.</param>
    /// <param name="where">The content's place.</param>
    /// <param name="left">The left things.</param>
    /// <param name="right">The right things.</param>
    /// <param name="orderKind">The kind of a difference in order.</param>
    public static void Compare(Differ differ, string where, IReadOnlyList<ViewItem> left, IReadOnlyList<ViewItem> right, string orderKind = PartKinds.Order)
    {
        Dictionary<string, ViewItem> leftByName = ByName(left);
        Dictionary<string, ViewItem> rightByName = ByName(right);
        bool sameNames = leftByName.Count == rightByName.Count;
        foreach ((string name, ViewItem item) in leftByName)
        {
            string inner = Differ.Inside(where, name);
            if (!rightByName.TryGetValue(name, out ViewItem other))
            {
                sameNames = false;
                differ.Add(inner, item.Kind, item.Lines is null ? item.Value : "present", "");
            }
            else if (item.Value != other.Value)
            {
                CompareItem(differ, inner, item, other);
            }
        }

        foreach ((string name, ViewItem item) in rightByName.Where(pair => !leftByName.ContainsKey(pair.Key)))
        {
            differ.Add(Differ.Inside(where, name), item.Kind, "", item.Lines is null ? item.Value : "present");
        }

        if (sameNames)
        {
            int first = leftByName.Keys.Zip(rightByName.Keys).TakeWhile(static pair => pair.First == pair.Second).Count();
            if (first < leftByName.Count)
            {
                differ.Add(where, orderKind, $"#{first + 1}: {leftByName.Keys.ElementAt(first)}", $"#{first + 1}: {rightByName.Keys.ElementAt(first)}");
            }
        }
    }

    private static void CompareItem(Differ differ, string where, ViewItem left, ViewItem right)
    {
        if (left.Lines is null || right.Lines is null)
        {
            differ.Add(where, left.Kind, left.Value, right.Value);
            return;
        }

        LineComparison.Compare(differ, where, left.Kind, left.Lines(), right.Lines());
    }

    // Two things of one name (overloads a compiler never makes, hostile input): numbered, so that none hides another.
    private static Dictionary<string, ViewItem> ByName(IReadOnlyList<ViewItem> items)
    {
        var byName = new Dictionary<string, ViewItem>(items.Count, StringComparer.Ordinal);
        var repeated = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ViewItem item in items)
        {
            string name = item.Name;
            if (!byName.TryAdd(name, item))
            {
                int number = repeated[item.Name] = repeated.GetValueOrDefault(item.Name, 1) + 1;
                byName.TryAdd($"{item.Name} #{number}", item);
            }
        }

        return byName;
    }
}
