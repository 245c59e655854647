namespace ReproGate.Gates.Configuration;

/// <summary>How many slips of the hand lie between two names: insertions, deletions, replacements and swaps of neighbours.</summary>
internal static class EditDistance
{
    private const int Longest = 200;

    /// <summary>The distance; texts longer than 200 characters are as far apart as they are long.</summary>
    public static int Between(string left, string right)
    {
        if (left.Length > Longest || right.Length > Longest)
        {
            return left == right ? 0 : Math.Max(left.Length, right.Length);
        }

        int[,] cost = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            cost[i, 0] = i;
        }

        for (int j = 0; j <= right.Length; j++)
        {
            cost[0, j] = j;
        }

        for (int i = 1; i <= left.Length; i++)
        {
            for (int j = 1; j <= right.Length; j++)
            {
                int change = left[i - 1] == right[j - 1] ? 0 : 1;
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j] + 1, cost[i, j - 1] + 1), cost[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[left.Length, right.Length];
    }
}
